using Sallyport.Gateway.Tokens;
using Sallyport.Gateway.Trust;

namespace Sallyport.Gateway.Configuration;

/// <summary>Finds configurations that could be served but should not be: what RFC 8725 warns of, and good sense.</summary>
internal static class Lint
{
    public static IEnumerable<Mistake> Check(GatewayOptions options, ReadingContext context)
    {
        foreach (var issuer in options.TrustedIssuers)
        {
            var path = PathOf(issuer);
            IEnumerable<Mistake>[] rules =
            [
                AudienceIsNamed(issuer, path),
                AlgorithmsAreKnown(issuer, path),
                SecretsGoWithHmacAndOnlyWithIt(issuer, path),
                KeyAddressLint.Check(issuer, path, context),
                OwnIssuerLint.Check(issuer, path, options.Issuer),
            ];
            foreach (var mistake in rules.SelectMany(found => found))
                yield return mistake;
        }

        IEnumerable<Mistake>[] together =
        [
            IssuersDiffer(options.TrustedIssuers),
            KeyAddressLint.JwksUrisDiffer(options.TrustedIssuers),
            DemonstrationStaysInDevelopment(options, context),
            DemonstrationTokensHaveAnIssuer(options),
            AssertionChecks.Check(options),
            FailClosedHasAList(options),
            IssuerLint.Check(options),
            SharedTrailsHaveRedis(options),
        ];
        foreach (var mistake in together.SelectMany(found => found))
            yield return mistake;
    }

    private static IEnumerable<Mistake> SharedTrailsHaveRedis(GatewayOptions options)
    {
        if (options.Audit.Sink == Audit.AuditSinkKind.Redis && options.Redis is null)
            yield return new(JsonPath.Sallyport.Member("Audit").Member("Sink").Text, "is Redis, but no Redis is configured.", "Configure Sallyport.Redis, or make the Sink \"File\".");
    }

    public static JsonPath PathOf(TrustedIssuerOptions issuer) => JsonPath.Sallyport.Member("TrustedIssuers").Member(issuer.Name);

    /// <summary>RFC 8725 section 3.9.</summary>
    private static IEnumerable<Mistake> AudienceIsNamed(TrustedIssuerOptions issuer, JsonPath path)
    {
        if (issuer.Audiences.Count == 0)
            yield return new(path.Member("Audiences").Text, "names no audience, so a token for any other service would pass here.", "List the values of the aud claim that mean this gateway.");
    }

    /// <summary>RFC 8725 sections 3.1 and 3.2.</summary>
    private static IEnumerable<Mistake> AlgorithmsAreKnown(TrustedIssuerOptions issuer, JsonPath path)
    {
        var at = path.Member("Algorithms");
        if (issuer.Algorithms.Count == 0)
            yield return new(at.Text, "is empty, so no token would be accepted.", "List the algorithms, or leave it out for ES256, RS256 and EdDSA.");
        for (var i = 0; i < issuer.Algorithms.Count; i++)
        {
            var name = issuer.Algorithms[i];
            if (name.Equals("none", StringComparison.OrdinalIgnoreCase))
                yield return new(at.Element(i).Text, "is none: tokens without a signature, which anybody can write.", "Take it out.");
            else if (Algorithm.Find(name) is null)
                yield return new(at.Element(i).Text, $"is {Quoted.Text(name)}, which is no algorithm that Sallyport verifies.", Suggestion.Mend(name, [.. Algorithm.All.Select(algorithm => algorithm.Name)], ""));
        }
    }

    /// <summary>RFC 8725 section 2.1: a public key taken for a shared secret lets anybody sign.</summary>
    private static IEnumerable<Mistake> SecretsGoWithHmacAndOnlyWithIt(TrustedIssuerOptions issuer, JsonPath path)
    {
        var secret = issuer.Keys.Kind == KeySourceKind.Secret;
        for (var i = 0; i < issuer.Algorithms.Count; i++)
        {
            var name = issuer.Algorithms[i];
            if (Algorithm.Find(name) is not { } known || known.IsSymmetric == secret)
                continue;
            yield return secret
                ? new(path.Member("Algorithms").Element(i).Text, $"lists {name}, but the keys of this issuer are a shared secret.", "A secret goes with HS256 alone: take it out.")
                : new(path.Member("Algorithms").Element(i).Text, $"lists {name}, but the keys of this issuer are public: whoever reads them could sign.", "Take it out, or make Keys.Secret the source.");
        }
    }

    private static IEnumerable<Mistake> IssuersDiffer(IReadOnlyList<TrustedIssuerOptions> issuers)
    {
        foreach (var same in issuers.Where(issuer => issuer.Issuer.Length > 0).GroupBy(issuer => issuer.Issuer, StringComparer.Ordinal))
        {
            foreach (var second in same.Skip(1))
                yield return new(PathOf(second).Member("Issuer").Text, $"is the same as that of {Quoted.Text(same.First().Name)}: a token could belong to either.", "Make one entry of the two.");
        }
    }

    private static IEnumerable<Mistake> DemonstrationStaysInDevelopment(GatewayOptions options, ReadingContext context)
    {
        if (context.IsDevelopment)
            yield break;
        var at = JsonPath.Sallyport.Member("Demonstration");
        if (options.Demonstration.Upstream is not null)
            yield return new(at.Member("Upstream").Text, "asks for the demonstration upstream outside the Development environment.", "Take it out.");
        if (options.Demonstration.Requests.Count > 0)
            yield return new(at.Member("Requests").Text, "asks for demonstration requests outside the Development environment.", "Take them out.");
    }

    private static IEnumerable<Mistake> DemonstrationTokensHaveAnIssuer(GatewayOptions options)
    {
        if (options.TrustedIssuers.Any(issuer => issuer.Keys.Kind == KeySourceKind.Own))
            yield break;
        for (var i = 0; i < options.Demonstration.Requests.Count; i++)
        {
            if (options.Demonstration.Requests[i].Claims is not null)
                yield return new(JsonPath.Sallyport.Member("Demonstration").Member("Requests").Element(i).Member("Claims").Text, "asks for a token, but no trusted issuer is the gateway itself, which could sign it.", "Give a trusted issuer \"Keys\": {\"Own\": true}, or take the claims out.");
        }
    }

    private static IEnumerable<Mistake> FailClosedHasAList(GatewayOptions options)
    {
        if (options.Redis is not null)
            yield break;
        foreach (var policy in options.Policies.Where(policy => policy.FailsClosed))
            yield return new(JsonPath.Sallyport.Member("Policies").Member(policy.Name).Member("Revocation").Text, "is FailClosed, but without Sallyport.Redis there is no list of revocations that could be too old.", "Configure Redis, or take it out.");
    }
}

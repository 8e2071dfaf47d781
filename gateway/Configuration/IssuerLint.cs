using Microsoft.AspNetCore.Routing.Template;
using Sallyport.Gateway.Issuing;
using Sallyport.Gateway.Keys;
using Sallyport.Gateway.Tokens;
using Sallyport.Gateway.Trust;
using Yarp.ReverseProxy.Configuration;

namespace Sallyport.Gateway.Configuration;

/// <summary>Rules on the issuer together with the rest of the configuration.</summary>
internal static class IssuerLint
{
    private static readonly JsonPath At = JsonPath.Sallyport.Member("Issuer");

    public static IEnumerable<Mistake> Check(GatewayOptions options)
    {
        if (options.Issuer is not { } issuer) return [];
        IEnumerable<Mistake>[] rules =
        [
            TokensDoNotOutliveKeys(issuer, options.Clusters),
            RedisIsThere(issuer, options),
            ClientsHaveScopesOfTheirOwn(issuer),
            FederationTakesTheAlgorithm(issuer),
            ForeignKeysAreNotOurs(issuer, options.TrustedIssuers),
            .. issuer.Issuer.Length > 0 ? new[] { RoutesLeaveTheEndpoints(issuer, options.Routes) } : [],
        ];
        return rules.SelectMany(found => found);
    }

    /// <summary>No token outlives its key: a sixth of the key's life is what is left when its successor takes over.</summary>
    private static IEnumerable<Mistake> TokensDoNotOutliveKeys(IssuerOptions issuer, IReadOnlyList<ClusterConfig> clusters)
    {
        var most = issuer.Keys.MaxTokenLifetime;
        var mend = $"At most {DurationText.Write(most)}, a sixth of Keys.Life.";
        if (issuer.Lifetime > most)
            yield return new(At.Member("Lifetime").Text, "is longer than a key is kept after it signed last.", mend);
        if (issuer.Assertions.Lifetime > most && clusters.Any(cluster => cluster.Metadata?.ContainsKey(ClusterMetadataChecks.Audience) == true))
            yield return new(At.Member("Assertions").Member("Lifetime").Text, "is longer than a key is kept after it signed last.", mend);
        foreach (var client in issuer.Clients.Where(client => client.Lifetime > most))
            yield return new(At.Member("Clients").Member(client.Id).Member("Lifetime").Text, "is longer than a key is kept after it signed last.", mend);
        foreach (var federation in issuer.Federation.Where(federation => federation.Lifetime > most))
            yield return new(At.Member("Federation").Member(federation.Audience).Member("Lifetime").Text, "is longer than a key is kept after it signed last.", mend);
        if (issuer.Keys.JwksMaxAge > issuer.Keys.Life / 6)
            yield return new(At.Member("JwksMaxAge").Text, "is so long that a verifier may not have read a new key before it signs.", mend);
        if (issuer.Keys.Lead > issuer.Keys.Life / 3)
            yield return new(
                At.Member("Keys").Member("Poll").Text,
                $"and JwksMaxAge together ask for a key to be seen for {DurationText.Write(issuer.Keys.Lead)} before it signs, which a life of {DurationText.Write(issuer.Keys.Life)} does not give.",
                "Shorten Poll or JwksMaxAge, or lengthen Life: JwksMaxAge and twice Poll are at most a third of it.");
    }

    private static IEnumerable<Mistake> RedisIsThere(IssuerOptions issuer, GatewayOptions options)
    {
        var keys = At.Member("Keys");
        if (issuer.Keys.Store == KeyStoreKind.Redis && options.Redis is null)
            yield return new(keys.Member("Store").Text, "is Redis, but there is no Sallyport.Redis.", "Configure it, or name another Store.");
        if (issuer.Keys is { Store: KeyStoreKind.AwsKms, Directory: null } && options.Redis is null)
            yield return new(keys.Member("Store").Text, "is AwsKms, but there is neither Sallyport.Redis nor a Directory for the names of its keys.", "Configure Sallyport.Redis, or, for the processes of one machine, give Directory.");
        if (issuer.Keys is { Store: KeyStoreKind.AwsKms, Directory: not null } && options.Redis is not null)
            yield return new(keys.Member("Directory").Text, "is given, though with AwsKms the ring lies in Sallyport.Redis where that is configured.", "Take it out.");
    }

    private static IEnumerable<Mistake> ClientsHaveScopesOfTheirOwn(IssuerOptions issuer)
    {
        // A federated token is made of the claims of a subject, and with client credentials there is none.
        foreach (var client in issuer.Clients.Where(client => client.Audiences.Count > 0 && !client.Grants.Contains(Grant.TokenExchange)))
        {
            if (client.Audiences.All(audience => issuer.Federation.Any(federation => federation.Audience == audience)))
                yield return new(At.Member("Clients").Member(client.Id).Member("Grants").Text, "has no TokenExchange, which is how tokens for the audiences of Federation are had.", "Add \"TokenExchange\", or another audience.");
        }
    }

    /// <summary>AWS STS verifies RSA (PKCS #1) and ECDSA signatures only.</summary>
    private static IEnumerable<Mistake> FederationTakesTheAlgorithm(IssuerOptions issuer)
    {
        if (issuer.Federation.Count > 0 && Algorithm.Find(issuer.Keys.Algorithm) is { } algorithm && !FederationLimits.Takes(algorithm))
            yield return new(At.Member("Algorithm").Text, $"is {algorithm}, which those in Federation do not verify: AWS STS takes RS and ES signatures only.", "Write \"ES256\" or \"RS256\".");
    }

    private static IEnumerable<Mistake> ForeignKeysAreNotOurs(IssuerOptions issuer, IReadOnlyList<TrustedIssuerOptions> trusted)
    {
        foreach (var same in trusted.Where(entry => entry.Keys.IsRemote && issuer.Issuer.Length > 0 && entry.Issuer == issuer.Issuer))
            yield return new(Lint.PathOf(same).Member("Keys").Text, "would fetch our own keys over the network, from ourselves.", "Write \"Keys\": {\"Own\": true}.");
    }

    private static IEnumerable<Mistake> RoutesLeaveTheEndpoints(IssuerOptions issuer, IReadOnlyList<RouteConfig> routes)
    {
        var addresses = new IssuerAddresses(issuer.Issuer);
        foreach (var route in routes)
        {
            if (addresses.Paths.FirstOrDefault(path => IsMeantFor(route.Match.Path, path)) is { } taken)
                yield return new(
                    JsonPath.ReverseProxy.Member("Routes").Member(route.RouteId).Member("Match").Member("Path").Text,
                    $"matches {Quoted.Text(taken)}, which the issuer answers itself.",
                    "Narrow the path, or give Sallyport.Issuer.Issuer a path of its own.");
        }
    }

    /// <summary>Whether a route's path matches, and not only because it takes whatever comes.</summary>
    private static bool IsMeantFor(string? pattern, string path)
    {
        if (string.IsNullOrEmpty(pattern)) return false;
        try
        {
            var template = TemplateParser.Parse(pattern);
            return template.Segments.Any(segment => segment.Parts.Any(part => part.IsLiteral)) && new TemplateMatcher(template, []).TryMatch(path, []);
        }
        catch (ArgumentException)
        {
            // YARP's own validation says what is wrong with it.
            return false;
        }
    }
}

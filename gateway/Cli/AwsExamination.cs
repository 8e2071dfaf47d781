using Sallyport.Gateway.Configuration;
using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway.Cli;

/// <summary>Reads an issuer, and a token of it, in the order in which AWS STS does.</summary>
/// <remarks>
/// <code>
///   1 Issuer     the URL as IAM takes it
///   2 Discovery  at the URL, with no redirect
///   3 Keys       at the jwks_uri
///   4 Token      where one was given
/// </code>
/// What cannot be read ends its own part only: as much as possible is found at once.
/// </remarks>
internal sealed class AwsExamination(AwsDocuments documents, TimeProvider clock)
{
    public async Task<IReadOnlyList<Mistake>> ExamineAsync(string issuer, IReadOnlyCollection<string> audiences, string? token, CancellationToken cancellation)
    {
        List<Mistake> findings = [.. AwsIssuerCheck.Check(issuer)];
        var keys = await KeysAsync(issuer, findings, cancellation);
        if (token is not null) findings.AddRange(new AwsTokenCheck(issuer, audiences, keys, clock.GetUtcNow()).Check(token));
        return findings;
    }

    private async Task<JwkSet?> KeysAsync(string issuer, List<Mistake> findings, CancellationToken cancellation)
    {
        if (!Uri.TryCreate(issuer.TrimEnd('/') + "/.well-known/openid-configuration", UriKind.Absolute, out var address)) return null;
        var discovery = await documents.GetAsync(address, cancellation);
        if (discovery.Root is not { } metadata)
        {
            findings.Add(new("discovery", $"at {address} {discovery.Problem}.", "It must be readable from the internet, as JSON, without a redirect."));
            return null;
        }

        findings.AddRange(AwsKeysCheck.Discovery(metadata, issuer, out var jwksUri));
        if (jwksUri is null) return null;
        var jwks = await documents.GetAsync(jwksUri, cancellation);
        if (jwks.Root is not { } set)
        {
            findings.Add(new("jwks", $"at {jwksUri} {jwks.Problem}.", "It must be readable from the internet, as JSON, without a redirect."));
            return null;
        }

        findings.AddRange(AwsKeysCheck.Keys(set, jwks.Body, out var keys));
        return keys;
    }
}

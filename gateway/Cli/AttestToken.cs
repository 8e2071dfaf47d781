using Sallyport.Gateway.Attestation;
using Sallyport.Gateway.Configuration;
using Sallyport.Gateway.Revocation;
using Sallyport.Gateway.Trust;
using Sallyport.Gateway.Verification;

namespace Sallyport.Gateway.Cli;

/// <summary>The token that authorises an attestation: accepted by the verifier of the gateway, under the configuration at hand, as <c>token verify</c> does it.</summary>
internal static class AttestToken
{
    /// <returns>What the statement shall say of it, or why it is refused: a sentence without anything of the token.</returns>
    public static async Task<(TokenAuthorization? Authorization, string? Refusal)> VerifyAsync(
        string token, GatewayOptions options, IServiceProvider services, ConsoleStreams streams, CancellationToken cancellation)
    {
        if (services.GetRequiredService<RunningConfiguration>().Apply(options) is { Count: > 0 } unopened)
            return (null, string.Join(' ', unopened.Select(mistake => $"{mistake.Path} {mistake.Problem}")));
        await SharedRevocations.LoadAsync(services, streams, cancellation);
        // What is signed now is believed for ever: it does not go by a list that may lack something.
        if (services.GetRequiredService<RevocationList>().IsStale) return (null, "The token is refused: revocations_stale. Whether it has been revoked cannot be known now.");
        try
        {
            var verdict = await services.GetRequiredService<TokenVerifier>().VerifyAsync(token, services.GetRequiredService<TrustedIssuers>().Current, client: null, cancellation);
            return verdict.Token is { Principal: { } principal }
                ? (new TokenAuthorization(TokenAuthorization.HashOf(token), principal.Issuer, principal.Subject, principal.TokenId), null)
                : (null, $"The token is refused: {verdict.Fault!.Code}. {verdict.Fault.Detail}");
        }
        catch (KeysUnavailableException e)
        {
            return (null, $"The token is refused: keys_unavailable. {e.Message}");
        }
    }
}

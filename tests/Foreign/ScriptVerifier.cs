using System.Text.Json.Nodes;

namespace Sallyport.Tests.Foreign;

/// <summary>A verifier in a process of its own, which keeps its key set from one token to the next.</summary>
internal sealed class ScriptVerifier : IForeignVerifier
{
    private readonly ForeignProgram _program;

    private ScriptVerifier(ForeignProgram program) => _program = program;

    public required string Forged { get; init; }

    public required string Expired { get; init; }

    public required string Misdirected { get; init; }

    /// <summary>What it says of a token whose key is not in the set.</summary>
    public required string Unknown { get; init; }

    /// <summary>npm's jose: <c>createRemoteJWKSet</c> and <c>jwtVerify</c>.</summary>
    public static Task<ScriptVerifier> Jose(string jwksUri, string issuer, string audience) => Start(
        new ScriptVerifier(ForeignProgram.Node("verifier.mjs"))
        {
            Forged = "ERR_JWS_SIGNATURE_VERIFICATION_FAILED",
            Expired = "ERR_JWT_EXPIRED",
            Misdirected = "unexpected \"aud\" claim value",
            Unknown = "ERR_JWKS_NO_MATCHING_KEY",
        },
        jwksUri, issuer, audience);

    /// <summary>Debian's PyJWT: <c>PyJWKClient</c> and <c>decode</c>.</summary>
    public static Task<ScriptVerifier> PyJwt(string jwksUri, string issuer, string audience) => Start(
        new ScriptVerifier(ForeignProgram.Python("verifier.py"))
        {
            Forged = "InvalidSignatureError",
            Expired = "ExpiredSignatureError",
            Misdirected = "InvalidAudienceError",
            Unknown = "Unable to find a signing key that matches",
        },
        jwksUri, issuer, audience);

    public async Task<ForeignVerdict> Verify(string token)
    {
        var answer = await _program.Ask(new JsonObject { ["token"] = token });
        return new ForeignVerdict((string?)answer["claims"]?["sub"], (string?)answer["error"]);
    }

    public ValueTask DisposeAsync() => _program.DisposeAsync();

    private static async Task<ScriptVerifier> Start(ScriptVerifier verifier, string jwksUri, string issuer, string audience)
    {
        try
        {
            var ready = await verifier._program.Ask(new JsonObject { ["jwks"] = jwksUri, ["issuer"] = issuer, ["audience"] = audience });
            Assert.Empty(ready);
            return verifier;
        }
        catch
        {
            await verifier.DisposeAsync();
            throw;
        }
    }
}

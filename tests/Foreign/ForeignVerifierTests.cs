using Sallyport.Tests.Support;

namespace Sallyport.Tests.Foreign;

/// <summary>Software that we did not write takes our tokens by discovery, and nothing that only looks like one.</summary>
public sealed class ForeignVerifierTests
{
    private static readonly string[] Algorithms = ["ES256", "RS256", "EdDSA"];

    [Fact]
    public async Task The_jose_of_npm_verifies_every_algorithm_across_rotations()
    {
        await using var issuer = await InnerIssuer.StartAsync("ES256");
        await using var verifier = await ScriptVerifier.Jose(await issuer.JwksUri(), issuer.Issuer, InnerIssuer.Audience);
        await FollowsRotations(issuer, verifier);
    }

    [Fact]
    public async Task PyJWT_verifies_every_algorithm_across_rotations()
    {
        await using var issuer = await InnerIssuer.StartAsync("ES256");
        await using var verifier = await ScriptVerifier.PyJwt(await issuer.JwksUri(), issuer.Issuer, InnerIssuer.Audience);
        await FollowsRotations(issuer, verifier);
    }

    [Fact]
    public async Task A_stock_service_of_dotnet_verifies_what_it_can_and_reads_our_keys_again_after_a_rotation()
    {
        await using var issuer = await InnerIssuer.StartAsync("ES256");
        await using var verifier = await JwtBearerVerifier.StartAsync(issuer.Issuer, InnerIssuer.Audience);
        var first = await issuer.Token();
        await AcceptsThisOnly(issuer, verifier, first);

        // It answers the first token of an unknown key with 401, and has read the keys for those after it.
        await issuer.Rotate("RS256");
        var second = await issuer.Token();
        await Poll.Until(async () => (await verifier.Verify(second)).Refusal is null);
        await AcceptsThisOnly(issuer, verifier, second);

        // IdentityModel has no EdDSA. A key of it in the set takes nothing from the others.
        await issuer.Rotate("EdDSA");
        var third = await issuer.Token();
        await issuer.Rotate("ES256");
        var fourth = await issuer.Token();
        await Poll.Until(async () => (await verifier.Verify(fourth)).Refusal is null);
        await AcceptsThisOnly(issuer, verifier, fourth);
        await Accepts(verifier, first);
        await Accepts(verifier, second);
        await Refuses(verifier, third, "invalid_token");
    }

    [Fact]
    public async Task The_command_line_of_OpenSSL_verifies_the_signature_of_every_family()
    {
        await using var issuer = await InnerIssuer.StartAsync("ES256");
        foreach (var algorithm in Algorithms)
        {
            if (algorithm != Algorithms[0]) await issuer.Rotate(algorithm);
            var token = await issuer.Token();
            Assert.Equal(algorithm, Tampering.Header(token, "alg"));
            var key = await issuer.PublishedKey(Tampering.Header(token, "kid"));
            Assert.True(await OpenSsl.Verifies(token, key));
            Assert.False(await OpenSsl.Verifies(Tampering.Payload(token), key));
            Assert.False(await OpenSsl.Verifies(Tampering.Signature(token), key));
            Assert.False(await OpenSsl.Verifies(Tampering.OtherKey(token), key));
        }
    }

    [Fact]
    public async Task Services_behind_the_gateway_verify_its_assertions()
    {
        await using var issuer = await InnerIssuer.StartAsync("ES256");
        await using var jose = await ScriptVerifier.Jose(await issuer.JwksUri(), issuer.Issuer, InnerIssuer.Audience);
        await using var pyJwt = await ScriptVerifier.PyJwt(await issuer.JwksUri(), issuer.Issuer, InnerIssuer.Audience);
        await using var dotnet = await JwtBearerVerifier.StartAsync(issuer.Issuer, InnerIssuer.Audience);

        var assertion = await issuer.Assertion();
        Assert.Equal("alice", (string?)Tampering.Claims(assertion)["sub"]);
        foreach (var verifier in new IForeignVerifier[] { jose, pyJwt, dotnet })
            await AcceptsThisOnly(issuer, verifier, assertion);

        await issuer.Rotate("EdDSA");
        var next = await issuer.Assertion();
        Assert.Equal("EdDSA", Tampering.Header(next, "alg"));
        await AcceptsThisOnly(issuer, jose, next);
        await AcceptsThisOnly(issuer, pyJwt, next);
    }

    private static async Task FollowsRotations(InnerIssuer issuer, ScriptVerifier verifier)
    {
        var tokens = new List<string>();
        foreach (var algorithm in Algorithms)
        {
            if (tokens.Count > 0) await issuer.Rotate(algorithm);
            var token = await issuer.Token();
            Assert.Equal(algorithm, Tampering.Header(token, "alg"));
            await AcceptsThisOnly(issuer, verifier, token);
            tokens.Add(token);
            // Retired keys stay in the set for as long as their tokens live.
            foreach (var earlier in tokens)
                await Accepts(verifier, earlier);
        }

        // Revoked, and gone from the set that the next new key makes it read.
        await issuer.Rotate("ES256", revoked: Tampering.Header(tokens[0], "kid"));
        await AcceptsThisOnly(issuer, verifier, await issuer.Token());
        var refused = await verifier.Verify(tokens[0]);
        Assert.Contains(verifier.Unknown, refused.Refusal, StringComparison.Ordinal);
        await Accepts(verifier, tokens[1]);
    }

    private static async Task AcceptsThisOnly(InnerIssuer issuer, IForeignVerifier verifier, string token)
    {
        await Accepts(verifier, token);
        await Refuses(verifier, Tampering.Payload(token), verifier.Forged);
        await Refuses(verifier, Tampering.Signature(token), verifier.Forged);
        await Refuses(verifier, Tampering.OtherKey(token), verifier.Forged);
        await Refuses(verifier, issuer.Expired(token), verifier.Expired);
        await Refuses(verifier, await issuer.Token("stock"), verifier.Misdirected);
        await Accepts(verifier, token);
    }

    private static async Task Accepts(IForeignVerifier verifier, string token) =>
        Assert.Equal(new ForeignVerdict((string)Tampering.Claims(token)["sub"]!, null), await verifier.Verify(token));

    private static async Task Refuses(IForeignVerifier verifier, string token, string because)
    {
        var verdict = await verifier.Verify(token);
        Assert.Null(verdict.Subject);
        Assert.Contains(because, verdict.Refusal, StringComparison.Ordinal);
    }
}

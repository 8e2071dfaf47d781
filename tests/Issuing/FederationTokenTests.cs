using System.Buffers.Text;
using System.Text.Json;
using Sallyport.Gateway.Issuing;
using Sallyport.Gateway.Tokens;
using Sallyport.Tests.Federation;

namespace Sallyport.Tests.Issuing;

public sealed class FederationTokenTests
{
    [Theory]
    [Trait("Acceptance", "B1")]
    [Trait("Acceptance", "B10")]
    [InlineData("ES256")]
    [InlineData("RS256")]
    public async Task The_minted_token_has_what_STS_reads_and_its_times_as_integers(string algorithm)
    {
        await using var issuer = await OwnIssuer.StartAsync(algorithm);
        var parts = (await issuer.TokenAsync("\"org-ACME\"")).Split('.');

        using var header = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[0]));
        Assert.Equal(algorithm, header.RootElement.GetProperty("alg").GetString());
        Assert.Equal("JWT", header.RootElement.GetProperty("typ").GetString());
        Assert.Equal(issuer.KeyId, header.RootElement.GetProperty("kid").GetString());

        using var payload = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1]));
        var claims = payload.RootElement;
        Assert.Equal(["aud", "exp", FederationClaims.Name, "iat", "iss", "jti", "sub"], claims.EnumerateObject().Select(claim => claim.Name).Order(StringComparer.Ordinal));
        Assert.Equal(issuer.Server.Issuer, claims.GetProperty("iss").GetString());
        Assert.Equal(JsonValueKind.String, claims.GetProperty("aud").ValueKind);
        Assert.Equal("sts.amazonaws.com", claims.GetProperty("aud").GetString());
        Assert.Equal("alice@example.com", claims.GetProperty("sub").GetString());
        Assert.Equal("""{"principal_tags":{"tenant":["acme"]},"transitive_tag_keys":["tenant"]}""", claims.GetProperty(FederationClaims.Name).GetRawText());
        Assert.Equal(300, claims.GetProperty("exp").GetInt64() - claims.GetProperty("iat").GetInt64());
        Assert.All((string[])["exp", "iat"], name => Assert.True(claims.GetProperty(name).GetRawText().All(char.IsAsciiDigit)));
    }

    [Theory]
    [Trait("Acceptance", "B3")]
    [InlineData("ES256", true)]
    [InlineData("ES384", true)]
    [InlineData("ES512", true)]
    [InlineData("RS256", true)]
    [InlineData("RS384", true)]
    [InlineData("RS512", true)]
    [InlineData("EdDSA", false)]
    [InlineData("PS256", false)]
    [InlineData("PS384", false)]
    [InlineData("PS512", false)]
    [InlineData("HS256", false)]
    public void Only_algorithms_that_STS_verifies_sign_for_it(string algorithm, bool isTaken)
    {
        var request = FederationToken.Request(OwnIssuer.Options(), OwnIssuer.Caller("\"acme\""), "billing", Algorithm.Find(algorithm)!, TimeProvider.System.GetUtcNow(), out var refusal);
        Assert.Equal(isTaken, request is not null);
        if (isTaken) return;
        Assert.Equal("invalid_target", refusal!.Error);
        Assert.Equal(FederationRefusal.Algorithm, refusal.Reason);
    }

    [Fact]
    public void No_token_outlives_that_of_its_subject()
    {
        var caller = OwnIssuer.Caller("\"acme\"", life: TimeSpan.FromSeconds(90));
        var request = Request(caller, out _);
        Assert.Equal(caller.Expires, request!.NotAfter);

        Assert.Null(Request(OwnIssuer.Caller("\"acme\"", life: TimeSpan.FromSeconds(-5)), out var refusal));
        Assert.Equal(FederationRefusal.SubjectExpired, refusal!.Reason);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("a", 256)]
    [InlineData("é", 1)]
    [InlineData("\n", 1)]
    public void A_subject_that_is_no_OpenID_subject_is_refused(string character, int times)
    {
        Assert.NotNull(Request(OwnIssuer.Caller("\"acme\"", new string('a', 255)), out _));

        Assert.Null(Request(OwnIssuer.Caller("\"acme\"", string.Concat(Enumerable.Repeat(character, times))), out var refusal));
        Assert.Equal(FederationRefusal.Subject, refusal!.Reason);
    }

    [Fact]
    public async Task The_largest_token_is_within_what_STS_reads()
    {
        await using var issuer = await OwnIssuer.StartAsync("RS256");
        var tags = Enumerable.Range(0, FederationLimits.MaxTags).Select(i => OwnIssuer.Tenant($"tag{i:00}")).ToArray();
        // The longest value with which 50 tags still are one claim.
        var length = Enumerable.Range(1, FederationLimits.MaxValueCharacters).Last(n => FederationClaims.Read(OwnIssuer.Options(tags), OwnIssuer.Caller($"\"{new string('a', n)}\""), out _) is not null);
        Assert.InRange((await issuer.TokenAsync($"\"{new string('a', length)}\"", OwnIssuer.Options(tags), new string('s', 255))).Length, 15_000, FederationLimits.MaxTokenCharacters);
    }

    private static MintRequest? Request(Sallyport.Policies.Principal caller, out FederationRefusal? refusal) =>
        FederationToken.Request(OwnIssuer.Options(), caller, "billing", Algorithm.Find("ES256")!, TimeProvider.System.GetUtcNow(), out refusal);
}

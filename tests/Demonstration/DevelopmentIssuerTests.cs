using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Sallyport.Gateway.Demonstration;
using Sallyport.Gateway.Tokens;
using Sallyport.Gateway.Trust;

namespace Sallyport.Tests.Demonstration;

public sealed class DevelopmentIssuerTests
{
    private static readonly TrustedIssuerOptions Trusted = new()
    {
        Name = "development",
        Issuer = "https://issuer.example",
        Audiences = ["api"],
        Keys = new() { Kind = KeySourceKind.Development },
    };

    [Theory]
    [InlineData(0)]
    [InlineData(1_795_000_000)]
    [InlineData(253_402_200_000)]
    [Trait("Acceptance", "B10")]
    public void Times_are_json_integers(long now)
    {
        using var issuer = new DevelopmentIssuer();
        var claims = new Dictionary<string, string> { ["sub"] = "alice", ["exp"] = "1e9", ["nbf"] = "0.5", ["admin"] = "true" };
        var payload = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(issuer.Mint(Trusted, claims, DateTimeOffset.FromUnixTimeSeconds(now)).Split('.')[1]));
        using var document = JsonDocument.Parse(payload);
        foreach (var name in new[] { "iat", "exp" })
            Assert.Matches("^[0-9]+$", document.RootElement.GetProperty(name).GetRawText());
        Assert.Equal(now + 3600, document.RootElement.GetProperty("exp").GetInt64());
        Assert.False(document.RootElement.TryGetProperty("nbf", out _));
        Assert.Equal(JsonValueKind.True, document.RootElement.GetProperty("admin").ValueKind);
    }

    [Fact]
    public void A_token_names_its_key_by_thumbprint_and_two_issuers_share_none()
    {
        using var issuer = new DevelopmentIssuer();
        using var another = new DevelopmentIssuer();
        var token = issuer.Mint(Trusted, new Dictionary<string, string> { ["sub"] = "alice" }, DateTimeOffset.UnixEpoch);
        Assert.Null(JwsCheck.Check(token, issuer.Keys, Algorithm.All));
        Assert.Equal("kid_unknown", JwsCheck.Check(token, another.Keys, Algorithm.All)?.Code);
        Assert.Equal(issuer.Keys.Keys[0].Thumbprint, issuer.Keys.Keys[0].KeyId);
    }
}

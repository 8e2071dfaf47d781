using System.Text.Json.Nodes;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Trust;

[Trait("Acceptance", "D13")]
public sealed class ForeignKeyTests
{
    [Fact]
    public async Task One_kid_at_two_issuers_is_two_keys_and_each_serves_its_own_issuer_only()
    {
        var (keyX, keyY) = (TestKey.New("ES256"), TestKey.New("ES256"));
        await using var x = await IssuerServer.StartAsync(keyX.PublicJwk("same"));
        await using var y = await IssuerServer.StartAsync(keyY.PublicJwk("same"));
        await using var door = await Doorway.OpenAsync(x, corp => corp.Parent!["partner"] = new JsonObject
        {
            ["Issuer"] = y.Issuer, ["Audiences"] = new JsonArray(House.Audience), ["Keys"] = new JsonObject { ["JwksUri"] = y.JwksUri },
        });
        await door.Warm(x);
        await door.Warm(y);

        await door.Accepts(door.Token(x, keyX, "same"));
        await door.Accepts(door.Token(y, keyY, "same"));
        await door.Refuses(door.Token(x, keyY, "same"), "signature_invalid");
        await door.Refuses(door.Token(y, keyX, "same"), "signature_invalid");
        Assert.Equal((1, 1), (x.JwksHits, y.JwksHits));

        // A kid that only the other issuer has is an unknown one, and only the token's own issuer is asked.
        y.Publish(keyY.PublicJwk("same"), keyY.PublicJwk("only-y"));
        await door.Refuses(door.Token(x, keyY, "only-y"), "kid_unknown");
        Assert.Equal((2, 1), (x.JwksHits, y.JwksHits));
        await door.Accepts(door.Token(y, keyY, "only-y"));
    }

    [Fact]
    public async Task An_unknown_issuer_causes_no_fetch_at_all()
    {
        var (key, strangersKey) = (TestKey.New("ES256"), TestKey.New("ES256"));
        await using var issuer = await IssuerServer.StartAsync(key.PublicJwk("k1"));
        await using var stranger = await IssuerServer.StartAsync(strangersKey.PublicJwk("k1"));
        await using var door = await Doorway.OpenAsync(issuer);
        await door.Warm(issuer);

        await door.Refuses(door.Token(stranger, strangersKey, "k1"), "issuer_unknown");
        await door.Refuses(door.Token(stranger, strangersKey, "k2"), "issuer_unknown");
        // Almost the trusted issuer is another issuer: no case folding, no slash more or less.
        foreach (var almost in new[] { issuer.Issuer + "/", issuer.Issuer.ToUpperInvariant(), issuer.Issuer + " " })
            await door.Refuses(door.Token(issuer, key, "k1", claims => claims["iss"] = almost), "issuer_unknown");
        Assert.Equal((0, 0), (stranger.JwksHits, stranger.DiscoveryHits));
        Assert.Equal((1, 0), (issuer.JwksHits, issuer.DiscoveryHits));
        await door.Accepts(door.Token(issuer, key, "k1"));
    }

    [Theory]
    [InlineData("jku")]
    [InlineData("x5u")]
    [InlineData("jwk")]
    [InlineData("x5c")]
    public async Task Keys_that_a_header_brings_or_points_to_are_never_followed(string member)
    {
        var (key, mallory) = (TestKey.New("ES256"), TestKey.New("ES256"));
        await using var issuer = await IssuerServer.StartAsync(key.PublicJwk("k1"));
        await using var trap = await IssuerServer.StartAsync(mallory.PublicJwk("k1"), mallory.PublicJwk("k2"));
        await using var door = await Doorway.OpenAsync(issuer);
        await door.Warm(issuer);

        string Token(TestKey signer, string kid)
        {
            var header = new JsonObject { ["alg"] = "ES256", ["typ"] = "JWT", ["kid"] = kid };
            header[member] = member switch
            {
                "jwk" => mallory.PublicJwk(kid),
                "x5c" => new JsonArray(Convert.ToBase64String(Certificates.Of(mallory).RawData)),
                _ => trap.JwksUri,
            };
            return signer.Sign(header.ToJsonString(), door.Claims(issuer.Issuer).ToJsonString());
        }

        await door.Refuses(Token(mallory, "k1"), "signature_invalid");
        await door.Refuses(Token(mallory, "k2"), "kid_unknown");
        await door.Accepts(Token(key, "k1"));
        Assert.Equal(0, trap.JwksHits);
    }
}

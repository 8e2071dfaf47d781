using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Trust;

[Trait("Acceptance", "D9")]
public sealed class BadKeyTests
{
    private readonly TestKey _good = TestKey.New("ES256");
    private readonly TestKey _unmarked = TestKey.New("RS256");
    private readonly TestKey _svid = TestKey.New("EdDSA");
    private readonly TestKey _bad = TestKey.New("ES256");

    public static TheoryData<string> Flaws => ["enc", "oct", "short", "off-curve", "wrong-curve", "unknown-curve", "private", "twice", "alg"];

    [Theory]
    [MemberData(nameof(Flaws))]
    public async Task A_bad_key_is_ignored_and_logged_by_kid_and_the_rest_of_the_set_serves(string flaw)
    {
        await using var issuer = await IssuerServer.StartAsync(
        [
            .. Broken(flaw),
            _good.PublicJwk("good", use: "sig"),
            _unmarked.PublicJwk("unmarked"),
            _svid.PublicJwk("svid", use: "jwt-svid"),
        ]);
        await using var door = await Doorway.OpenAsync(issuer);
        await door.Warm(issuer);

        await door.Refuses(door.Token(issuer, _bad, flaw), "kid_unknown");
        await door.Accepts(door.Token(issuer, _good, "good"));
        await door.Accepts(door.Token(issuer, _unmarked, "unmarked"));
        await door.Accepts(door.Token(issuer, _svid, "svid"));
        Assert.Single(door.Gateway.Logs.Entries, e => e.Level == LogLevel.Warning && e.Message.StartsWith($"Key {flaw} of issuer corp is ignored: "));
        Assert.DoesNotContain(door.Gateway.Logs.Entries, e => e.Level == LogLevel.Warning && e.Message.Contains("Key good"));
    }

    [Fact]
    public async Task The_key_without_its_flaw_serves()
    {
        await using var issuer = await IssuerServer.StartAsync(_bad.PublicJwk("mended", "ES256", "sig"));
        await using var door = await Doorway.OpenAsync(issuer);
        await door.Accepts(door.Token(issuer, _bad, "mended"));
    }

    [Fact]
    public async Task A_bad_key_that_joins_a_set_later_is_logged_once()
    {
        await using var cache = await KeyCache.OverAsync();
        var good = KeyCache.Key("good");
        cache.Issuer.Publish(good);
        Assert.Equal("found", await cache.Find("good"));
        cache.Issuer.Publish([good, .. Broken("private")]);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("kid_unknown", await cache.Find("private"));
            cache.Clock.Advance(TimeSpan.FromMinutes(2));
        }

        Assert.Equal(4, cache.Issuer.JwksHits);
        Assert.Single(cache.Logs.Entries, e => e.Message.StartsWith("Key private of issuer corp is ignored"));
        Assert.DoesNotContain("\"d\"", cache.Logs.Everything);
    }

    /// <summary>Entries of the kid <paramref name="flaw"/>, which the key of these tests would serve under but for the flaw.</summary>
    private JsonObject[] Broken(string flaw)
    {
        var jwk = _bad.PublicJwk(flaw);
        switch (flaw)
        {
            case "enc":
                jwk["use"] = "enc";
                return [jwk];
            case "oct":
                return [new() { ["kty"] = "oct", ["kid"] = flaw, ["k"] = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32)) }];
            case "short":
                using (var rsa = RSA.Create(1024))
                {
                    var numbers = rsa.ExportParameters(includePrivateParameters: false);
                    return [new() { ["kty"] = "RSA", ["kid"] = flaw, ["n"] = Base64Url.EncodeToString(numbers.Modulus), ["e"] = Base64Url.EncodeToString(numbers.Exponent) }];
                }

            case "off-curve":
                var y = Base64Url.DecodeFromChars((string)jwk["y"]!);
                y[^1] ^= 1;
                jwk["y"] = Base64Url.EncodeToString(y);
                return [jwk];
            case "wrong-curve":
                jwk["crv"] = "P-384";
                return [jwk];
            case "unknown-curve":
                jwk["crv"] = "secp256k1";
                return [jwk];
            case "private":
                jwk["d"] = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
                return [jwk];
            case "twice":
                return [jwk, KeyCache.Key(flaw)];
            default:
                jwk["alg"] = "ES384";
                return [jwk];
        }
    }
}

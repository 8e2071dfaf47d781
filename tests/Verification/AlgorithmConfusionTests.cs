using System.Net;
using System.Security.Cryptography;
using System.Text;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Verification;

public sealed class AlgorithmConfusionTests
{
    [Theory]
    [InlineData("RS256")]
    [InlineData("HS256")]
    [InlineData("none")]
    [InlineData("NONE")]
    [InlineData("ES384")]
    [InlineData("es256")]
    [InlineData("")]
    [Trait("Acceptance", "D2")]
    public async Task A_key_of_es256_refuses_every_other_header(string alg)
    {
        await using var house = await House.OpenAsync();
        Assert.Equal(HttpStatusCode.OK, (await house.Get("/any", house.Token())).StatusCode);

        var confused = house.Key.Sign($$"""{"alg":"{{alg}}","kid":"k1","typ":"JWT"}""", house.Claims().ToJsonString());
        Assert.Equal(401, (await House.Problem(await house.Get("/any", confused))).Status);
        Assert.Single(house.Upstream.Requests);
    }

    [Theory]
    [InlineData("pem")]
    [InlineData("der")]
    [InlineData("jwk")]
    [InlineData("empty")]
    [Trait("Acceptance", "D2")]
    public async Task Hs256_keyed_with_the_public_key_is_refused(string form)
    {
        await using var house = await House.OpenAsync();
        Assert.Equal(HttpStatusCode.OK, (await house.Get("/any", house.Token())).StatusCode);

        byte[] secret = form switch
        {
            "pem" => Encoding.UTF8.GetBytes(house.Key.Ecdsa.ExportSubjectPublicKeyInfoPem()),
            "der" => house.Key.Ecdsa.ExportSubjectPublicKeyInfo(),
            "jwk" => Encoding.UTF8.GetBytes(house.Key.PublicJwk("k1", "ES256", "sig").ToJsonString()),
            _ => [],
        };
        var input = TokenForge.Encode("""{"alg":"HS256","kid":"k1","typ":"JWT"}""") + "." + TokenForge.Encode(house.Claims().ToJsonString());
        var mac = HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(input));
        var forged = input + "." + System.Buffers.Text.Base64Url.EncodeToString(mac);
        Assert.Equal((401, "algorithm_not_allowed"), await House.Problem(await house.Get("/any", forged)));
    }

    [Fact]
    [Trait("Acceptance", "D2")]
    public async Task A_key_without_alg_is_bound_by_its_issuers_list()
    {
        var rsa = TestKey.New("RS256");
        await using var house = await House.OpenAsync();
        house.Issuer.Publish(rsa.PublicJwk("r1"));

        Assert.Equal(HttpStatusCode.OK, (await house.Get("/any", house.Token(key: rsa, kid: "r1"))).StatusCode);

        // The same key could verify PS256, but the issuer's list does not hold it.
        var pss = rsa.Sign("""{"alg":"PS256","kid":"r1","typ":"JWT"}""", house.Claims().ToJsonString(), "PS256");
        Assert.Equal((401, "algorithm_not_allowed"), await House.Problem(await house.Get("/any", pss)));
    }
}

using System.Net;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Verification;

public sealed class AlgorithmsTests
{
    [Fact]
    [Trait("Acceptance", "D1")]
    public async Task Es256_rs256_and_eddsa_verify_from_one_set_and_no_tampered_or_wrong_key_twin_does()
    {
        await using var house = await House.OpenAsync();
        var keys = new[] { "ES256", "RS256", "EdDSA" }.Select(TestKey.New).ToArray();
        house.Issuer.Publish([.. keys.Select(k => k.PublicJwk(k.Algorithm, k.Algorithm, "sig"))]);

        foreach (var key in keys)
        {
            var token = house.Token(key: key, kid: key.Algorithm);
            Assert.Equal(HttpStatusCode.OK, (await house.Get("/any", token)).StatusCode);

            var tampered = token.Split('.');
            var altered = house.Token(c => c["sub"] = "mallory", key, key.Algorithm).Split('.');
            var spliced = $"{tampered[0]}.{altered[1]}.{tampered[2]}";
            Assert.Equal((401, "signature_invalid"), await House.Problem(await house.Get("/any", spliced)));

            var wrong = house.Token(key: TestKey.New(key.Algorithm), kid: key.Algorithm);
            Assert.Equal((401, "signature_invalid"), await House.Problem(await house.Get("/any", wrong)));
        }

        Assert.Equal(keys.Length, house.Upstream.Requests.Count);
    }
}

using System.Net;
using System.Text;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Verification;

public sealed class TokenFormTests
{
    public static TheoryData<string, Func<string, string>, string> Forms => new()
    {
        { "unsecured", t => $"{TokenForge.Encode("""{"alg":"none","typ":"JWT"}""")}.{t.Split('.')[1]}.", "algorithm_none" },
        { "unsecured, signed", t => $"{TokenForge.Encode("""{"alg":"none","typ":"JWT"}""")}.{t.Split('.')[1]}.{t.Split('.')[2]}", "algorithm_none" },
        { "encrypted", t => $"{TokenForge.Encode("""{"alg":"RSA-OAEP","enc":"A256GCM"}""")}.AAAA.AAAA.AAAA.AAAA", "token_encrypted" },
        { "flattened JSON", t => $$"""{"protected":"{{t.Split('.')[0]}}","payload":"{{t.Split('.')[1]}}","signature":"{{t.Split('.')[2]}}"}""", "token_malformed" },
        { "encoded twice", t => TokenForge.Encode(t), "token_malformed" },
        { "percent-encoded", t => t.Replace(".", "%2E", StringComparison.Ordinal), "token_malformed" },
        { "padded", t => t + "==", "token_malformed" },
        { "four parts", t => t + ".AAAA", "token_malformed" },
        { "two parts", t => t[..t.LastIndexOf('.')], "token_malformed" },
        { "no signature", t => t[..(t.LastIndexOf('.') + 1)], "token_malformed" },
        { "standard alphabet", t => t.Split('.')[0] + "." + t.Split('.')[1] + "." + new string('+', 86), "token_malformed" },
        { "one character more", t => t + "AAA", "token_malformed" },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    [Trait("Acceptance", "D16")]
    public async Task A_token_of_another_form_is_refused(string form, Func<string, string> reshape, string reason)
    {
        _ = form;
        await using var house = await House.OpenAsync();
        var token = house.Token();
        Assert.Equal(HttpStatusCode.OK, (await house.Get("/any", token)).StatusCode);
        Assert.Equal((401, reason), await House.Problem(await house.Get("/any", reshape(token))));
    }

    [Fact]
    [Trait("Acceptance", "D16")]
    public async Task Base64url_that_decodes_to_the_same_bytes_by_other_characters_is_refused()
    {
        await using var house = await House.OpenAsync();
        var token = house.Token();
        Assert.Equal(HttpStatusCode.OK, (await house.Get("/any", token)).StatusCode);

        // 64 bytes are 86 characters, of which the last has four bits that mean nothing: they must be zero.
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        var twin = token[..^1] + Alphabet[Alphabet.IndexOf(token[^1], StringComparison.Ordinal) | 1];
        Assert.NotEqual(token, twin);
        Assert.Equal((401, "token_malformed"), await House.Problem(await house.Get("/any", twin)));
    }

    [Theory]
    [InlineData("""{"alg":"ES256","kid":"k1","typ":"JWT","crit":["exp"],"exp":1}""")]
    [InlineData("""{"alg":"ES256","kid":"k1","typ":"JWT","crit":["b64"],"b64":false}""")]
    [InlineData("""{"alg":"ES256","kid":"k1","typ":"JWT","crit":[]}""")]
    [InlineData("""{"alg":"ES256","kid":"k1","typ":"JWT","crit":"exp"}""")]
    [InlineData("""{"alg":"ES256","kid":"k1","typ":"JWT","cty":"JWT"}""")]
    [InlineData("""{"alg":"ES256","kid":"k1","typ":"JWT","alg":"ES256"}""")]
    [InlineData("""{"alg":"ES256","kid":["k1"],"typ":"JWT"}""")]
    [InlineData("""{"alg":"ES256","kid":"k1","typ":"JWT"} """ + "x")]
    [InlineData("""["ES256"]""")]
    [Trait("Acceptance", "D16")]
    public async Task A_header_that_says_more_than_we_know_is_refused_though_the_signature_holds(string header)
    {
        await using var house = await House.OpenAsync();
        Assert.Equal(HttpStatusCode.OK, (await house.Get("/any", house.Token())).StatusCode);
        var token = house.Key.Sign(header, house.Claims().ToJsonString());
        Assert.Equal(401, (await House.Problem(await house.Get("/any", token))).Status);
    }

    [Theory]
    [InlineData("""{"a":1,"a":2}""")]
    [InlineData("[]")]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{")]
    public async Task A_payload_that_is_no_claims_set_is_refused_though_the_signature_holds(string payload)
    {
        await using var house = await House.OpenAsync();
        var token = house.Key.Sign("""{"alg":"ES256","kid":"k1","typ":"JWT"}""", payload);
        Assert.Equal(401, (await House.Problem(await house.Get("/any", token))).Status);
    }

    [Fact]
    public async Task A_token_over_the_limit_is_431_and_one_just_under_it_is_read()
    {
        await using var house = await House.OpenAsync();
        var longest = house.Token(c => c["pad"] = new string('x', 5700));
        Assert.InRange(Encoding.ASCII.GetByteCount(longest), 7000, 8192);
        Assert.Equal(HttpStatusCode.OK, (await house.Get("/any", longest)).StatusCode);

        var over = house.Token(c => c["pad"] = new string('x', 6500));
        Assert.InRange(Encoding.ASCII.GetByteCount(over), 8193, 16000);
        Assert.Equal((431, "token_too_long"), await House.Problem(await house.Get("/any", over)));
    }
}

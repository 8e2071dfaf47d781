using System.Text;
using Sallyport.Gateway.Tokens;

namespace Sallyport.Tests.Tokens;

public sealed class JoseHeaderTests
{
    [Fact]
    public void Header_gives_its_members_and_ignores_keys_that_it_brings_along()
    {
        var header = Read("""
            {"typ":"at+jwt","alg":"ES256","kid":"k1","cty":"text/plain","jku":"https://evil.example/keys","x5u":7,
             "jwk":{"kty":"EC","x":1},"x5c":[null],"future":{"deep":[{}]}}
            """);
        Assert.Equal(("ES256", "k1", "at+jwt", "text/plain"), (header.AlgorithmName, header.KeyId, header.Type, header.ContentType));
        Assert.Same(Algorithm.Find("ES256"), header.Algorithm);
    }

    [Fact]
    public void Escapes_mean_what_they_spell()
    {
        var header = Read("""{"\u0061lg":"\u0045S256","kid":"\u00e9\ud83d\ude00"}""");
        Assert.Equal(("ES256", "é😀"), (header.AlgorithmName, header.KeyId));
    }

    [Theory]
    [Trait("Acceptance", "D16")]
    [InlineData("""{"alg":"none"}""", "algorithm_none")]
    [InlineData("""{"alg":"NoNe","kid":"k"}""", "algorithm_none")]
    [InlineData("""{"alg":"\u006eone"}""", "algorithm_none")]
    [InlineData("""{"alg":"es256"}""", "algorithm_unknown")]
    [InlineData("""{"alg":"ES256K"}""", "algorithm_unknown")]
    [InlineData("""{"alg":"HS512"}""", "algorithm_unknown")]
    [InlineData("""{"alg":"ES256 "}""", "algorithm_unknown")]
    [InlineData("""{"alg":""}""", "algorithm_unknown")]
    [InlineData("""{"kid":"k"}""", "algorithm_unknown")]
    [InlineData("{}", "algorithm_unknown")]
    [InlineData("""{"alg":"ES256","enc":"A256GCM"}""", "token_encrypted")]
    [InlineData("""{"alg":"RSA-OAEP","enc":"A256GCM"}""", "token_encrypted")]
    [InlineData("""{"alg":"ES256","cty":"JWT"}""", "token_nested")]
    [InlineData("""{"alg":"ES256","cty":"jwt"}""", "token_nested")]
    [InlineData("""{"alg":"ES256","cty":"application/JWT"}""", "token_nested")]
    [InlineData("""{"alg":"ES256","crit":["exp"],"exp":1}""", "crit_unknown")]
    [InlineData("""{"alg":"ES256","crit":["b64"],"b64":false}""", "crit_unknown")]
    [InlineData("""{"alg":"ES256","b64":false,"crit":["b64"]}""", "crit_unknown")]
    [InlineData("""{"alg":"ES256","crit":["alg"]}""", "crit_unknown")]
    [InlineData("""{"alg":"ES256","crit":[]}""", "header_invalid")]
    [InlineData("""{"alg":"ES256","crit":"exp"}""", "header_invalid")]
    [InlineData("""{"alg":"ES256","crit":[1]}""", "header_invalid")]
    [InlineData("""{"alg":"ES256","crit":[""]}""", "header_invalid")]
    [InlineData("""{"alg":"ES256","crit":null}""", "header_invalid")]
    [InlineData("""{"alg":"ES256","crit":{}}""", "header_invalid")]
    [InlineData("""{"alg":"ES256","b64":true}""", "header_invalid")]
    [InlineData("""{"alg":"ES256","alg":"ES256"}""", "header_invalid")]
    [InlineData("""{"alg":"ES256","\u0061lg":"none"}""", "header_invalid")]
    [InlineData("""{"alg":"ES256","x":1,"x":1}""", "header_invalid")]
    [InlineData("""{"alg":"ES256","jwk":{"x":1,"x":1}}""", "header_invalid")]
    [InlineData("""{"alg":["ES256"]}""", "header_invalid")]
    [InlineData("""{"alg":null}""", "header_invalid")]
    [InlineData("""{"alg":256}""", "header_invalid")]
    [InlineData("""{"alg":"ES256","kid":7}""", "header_invalid")]
    [InlineData("""{"alg":"ES256","kid":""}""", "header_invalid")]
    [InlineData("""{"alg":"ES256","kid":null}""", "header_invalid")]
    [InlineData("""{"alg":"ES256","kid":"\ud800"}""", "header_invalid")]
    [InlineData("""{"alg":"ES256","typ":1}""", "header_invalid")]
    [InlineData("""{"alg":"ES256","cty":{}}""", "header_invalid")]
    [InlineData("""{"alg":"ES256"} x""", "header_invalid")]
    [InlineData("""{"alg":"ES256"}{"alg":"ES256"}""", "header_invalid")]
    [InlineData("""{"alg":"ES256",}""", "header_invalid")]
    [InlineData("""{"alg":"ES256"/**/}""", "header_invalid")]
    [InlineData("""{'alg':'ES256'}""", "header_invalid")]
    [InlineData("""{"alg":"ES256","a":[[[[[[[[1]]]]]]]]}""", "header_invalid")]
    [InlineData("""["alg","ES256"]""", "header_invalid")]
    [InlineData("\"ES256\"", "header_invalid")]
    [InlineData("\ufeff{\"alg\":\"ES256\"}", "header_invalid")]
    [InlineData("", "header_invalid")]
    [InlineData("null", "header_invalid")]
    public void Header_is_refused(string json, string code)
    {
        Assert.NotNull(Read("""{"alg":"ES256"}"""));
        Assert.False(JoseHeader.TryParse(Encoding.UTF8.GetBytes(json), out var header, out var fault));
        Assert.Null(header);
        Assert.Equal(code, fault?.Code);
    }

    [Fact]
    public void Key_id_has_256_characters_at_most()
    {
        Assert.NotNull(Read($$"""{"alg":"ES256","kid":"{{new string('k', 256)}}"}"""));
        var longer = $$"""{"alg":"ES256","kid":"{{new string('k', 257)}}"}""";
        Assert.False(JoseHeader.TryParse(Encoding.UTF8.GetBytes(longer), out _, out var fault));
        Assert.Equal(TokenFault.HeaderInvalid, fault);
    }

    [Fact]
    public void Header_has_8192_bytes_at_most()
    {
        string Filled(int bytes) => """{"alg":"ES256","x5c":[""" + new string(' ', bytes - 24) + "]}";
        Assert.NotNull(Read(Filled(JoseHeader.MaxBytes)));
        Assert.False(JoseHeader.TryParse(Encoding.UTF8.GetBytes(Filled(JoseHeader.MaxBytes + 1)), out _, out var fault));
        Assert.Equal(TokenFault.HeaderInvalid, fault);
    }

    [Theory]
    [InlineData(0xff)]
    [InlineData(0xc0)]
    [InlineData(0xed)]
    public void Bytes_that_are_not_UTF_8_are_refused_wherever_they_are(byte foreign)
    {
        foreach (var text in new[] { """{"alg":"ES256","x":"?"}""", """{"alg":"ES256","?":1}""", """{"alg":"ES256","jwk":{"?":"?"}}""" })
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            Assert.True(JoseHeader.TryParse(bytes, out _, out _));
            Assert.False(JoseHeader.TryParse([.. bytes.Select(b => b == '?' ? foreign : b)], out _, out var fault));
            Assert.Equal(TokenFault.HeaderInvalid, fault);
        }
    }

    [Fact]
    public void Damaged_headers_are_faults_and_never_exceptions()
    {
        var random = new Random(7516);
        var sound = Encoding.UTF8.GetBytes("""{"alg":"ES256","kid":"k\u00e91","typ":"JWT","crit":["exp"],"x":{"y":[1,2.5e3,null,"\ud83d\ude00"]}}""");
        for (var round = 0; round < 5000; round++)
        {
            var parsed = JoseHeader.TryParse(Mutation.OfBytes(random, sound), out var header, out var fault);
            Assert.Equal(parsed, header is not null);
            Assert.Equal(parsed, fault is null);
        }
    }

    private static JoseHeader Read(string json)
    {
        Assert.True(JoseHeader.TryParse(Encoding.UTF8.GetBytes(json), out var header, out var fault), fault?.Code);
        return header!;
    }
}

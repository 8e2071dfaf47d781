using System.Text;
using Sallyport.Gateway.Tokens;
using Sallyport.Policies;

namespace Sallyport.Tests.Tokens;

public sealed class ClaimsSetTests
{
    [Fact]
    public void Registered_claims_come_in_their_types_and_all_claims_in_the_order_of_the_token()
    {
        var claims = Read("""
            {"iss":"https://id.example","sub":"s-1","jti":"t-1","aud":["api","orders"],"exp":1300819380,"nbf":1300819379.5,"iat":1.300819378e9,
             "scope":"orders:read orders:write","org_id":"acme","email_verified":true}
            """);
        Assert.Equal(("https://id.example", "s-1", "t-1"), (claims.Issuer, claims.Subject, claims.TokenId));
        Assert.Equal(["api", "orders"], claims.Audiences);
        Assert.Equal(new DateTimeOffset(2011, 3, 22, 18, 43, 0, TimeSpan.Zero), claims.Expires);
        Assert.Equal(claims.Expires - TimeSpan.FromSeconds(0.5), claims.NotBefore);
        Assert.Equal(claims.Expires - TimeSpan.FromSeconds(2), claims.IssuedAt);
        Assert.Equal(["orders:read", "orders:write"], claims.Scopes);
        Assert.Equal(["iss", "sub", "jti", "aud", "exp", "nbf", "iat", "scope", "org_id", "email_verified"], claims.All.Select(c => c.Key));
        Assert.True(claims.TryGet("org_id", out var organisation));
        Assert.Equal((ClaimKind.String, "acme"), (organisation.Kind, organisation.Text));
        Assert.False(claims.TryGet("Org_id", out _));
    }

    [Fact]
    public void Absent_claims_are_null_or_empty()
    {
        var claims = Read("{}");
        Assert.Null(claims.Issuer ?? claims.Subject ?? claims.TokenId);
        Assert.Null(claims.Expires ?? claims.NotBefore ?? claims.IssuedAt);
        Assert.Empty(claims.Audiences);
        Assert.Empty(claims.Scopes);
        Assert.Empty(claims.All);
    }

    [Theory]
    [InlineData("""{"scope":"a b","scp":["c"]}""", "a,b")]
    [InlineData("""{"scp":["c"],"scope":"a b"}""", "a,b")]
    [InlineData("""{"scp":"a b"}""", "a,b")]
    [InlineData("""{"scp":["a","b"]}""", "a,b")]
    [InlineData("""{"scope":["a","b"]}""", "a,b")]
    [InlineData("""{"scope":" a  b "}""", "a,b")]
    [InlineData("""{"scope":"a\tb"}""", "a\tb")]
    [InlineData("""{"scope":""}""", "")]
    [InlineData("""{"scope":"","scp":"a"}""", "")]
    public void Scopes_are_those_of_scope_or_else_of_scp(string json, string expected) =>
        Assert.Equal(expected, string.Join(',', Read(json).Scopes));

    [Theory]
    [InlineData("""{"aud":"api"}""", "api")]
    [InlineData("""{"aud":["api"]}""", "api")]
    [InlineData("""{"aud":"a b"}""", "a b")]
    [InlineData("""{"aud":[]}""", "")]
    public void Audience_is_one_string_or_several(string json, string expected) =>
        Assert.Equal(expected, string.Join(',', Read(json).Audiences));

    [Theory]
    [InlineData("0")]
    [InlineData("-0")]
    [InlineData("253402300799")]
    [InlineData("1.5")]
    [InlineData("1e3")]
    public void Time_in_range_is_read(string number) => Assert.NotNull(Read($$"""{"exp":{{number}}}""").Expires);

    [Theory]
    [InlineData("""{"exp":"1300819380"}""")]
    [InlineData("""{"exp":-1}""")]
    [InlineData("""{"exp":-0.5}""")]
    [InlineData("""{"exp":253402300800}""")]
    [InlineData("""{"exp":253402300799.5}""")]
    [InlineData("""{"exp":1e400}""")]
    [InlineData("""{"exp":99999999999999999999999999}""")]
    [InlineData("""{"exp":null}""")]
    [InlineData("""{"exp":true}""")]
    [InlineData("""{"exp":[1]}""")]
    [InlineData("""{"exp":01}""")]
    [InlineData("""{"exp":NaN}""")]
    [InlineData("""{"nbf":"1"}""")]
    [InlineData("""{"iat":{}}""")]
    [InlineData("""{"iss":1}""")]
    [InlineData("""{"iss":null}""")]
    [InlineData("""{"iss":["https://id.example"]}""")]
    [InlineData("""{"sub":{}}""")]
    [InlineData("""{"sub":false}""")]
    [InlineData("""{"jti":1}""")]
    [InlineData("""{"aud":1}""")]
    [InlineData("""{"aud":null}""")]
    [InlineData("""{"aud":["api",1]}""")]
    [InlineData("""{"aud":[["api"]]}""")]
    [InlineData("""{"aud":{"api":true}}""")]
    [InlineData("""{"scope":1}""")]
    [InlineData("""{"scope":"a","scp":1}""")]
    [InlineData("""{"scp":[1]}""")]
    [InlineData("""{"scp":["a b"]}""")]
    [InlineData("""{"scope":["a"," "]}""")]
    [InlineData("""{"a":1,"a":1}""")]
    [InlineData("""{"iss":"x","\u0069ss":"y"}""")]
    [InlineData("""{"a":{"b":1,"b":2}}""")]
    [InlineData("""{"a":"\ud800"}""")]
    [InlineData("""{"a":"\udc00\ud800"}""")]
    [InlineData("""{"\ud800":1}""")]
    [InlineData("""{"a":{"b":["\ud800"]}}""")]
    [InlineData("""{"a":{"\udfff":1}}""")]
    [InlineData("""{"a":1} {}""")]
    [InlineData("""{"a":1}]""")]
    [InlineData("""{"a":1,}""")]
    [InlineData("""{"a":1 // no""")]
    [InlineData("""[{"a":1}]""")]
    [InlineData("\"claims\"")]
    [InlineData("1")]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("\ufeff{}")]
    [InlineData("\0{}")]
    public void Claims_set_is_refused(string json)
    {
        Assert.NotNull(Read("""{"iss":"https://id.example"}"""));
        Assert.False(ClaimsSet.TryParse(Encoding.UTF8.GetBytes(json), out var claims, out var fault));
        Assert.Null(claims);
        Assert.Equal(TokenFault.ClaimsMalformed, fault);
    }

    [Fact]
    public void Nesting_goes_sixteen_levels_deep_and_no_further()
    {
        static string Nested(int arrays) => $$"""{"a":{{new string('[', arrays)}}{{new string(']', arrays)}}}""";
        Assert.NotNull(Read(Nested(ClaimsSet.MaxDepth - 1)));
        Assert.False(ClaimsSet.TryParse(Encoding.UTF8.GetBytes(Nested(ClaimsSet.MaxDepth)), out _, out _));
        Assert.False(ClaimsSet.TryParse(Encoding.UTF8.GetBytes(Nested(100_000)), out _, out _));
    }

    [Fact]
    public void Bytes_that_are_not_UTF_8_are_refused()
    {
        Assert.True(ClaimsSet.TryParse("{\"a\":\"\u00e9\"}"u8, out _, out _));
        Assert.False(ClaimsSet.TryParse([.. "{\"a\":\""u8, 0xe9, .. "\"}"u8], out _, out _));
        Assert.False(ClaimsSet.TryParse([.. "{\"a\":\""u8, 0xed, 0xa0, 0x80, .. "\"}"u8], out _, out _));
    }

    [Fact]
    public void Damaged_claims_sets_are_faults_and_never_exceptions()
    {
        var random = new Random(7519);
        var sound = Encoding.UTF8.GetBytes("""
            {"iss":"https://id.example","aud":["a","b\u00e9"],"exp":1300819380.25,"nbf":0,"scope":"a b","x":{"y":[1e5,null,true,"\ud83d\ude00",[[]]]}}
            """);
        for (var round = 0; round < 8000; round++)
        {
            var parsed = ClaimsSet.TryParse(Mutation.OfBytes(random, sound), out var claims, out var fault);
            Assert.Equal(parsed, claims is not null);
            Assert.Equal(parsed, fault is null);
            Assert.All(claims?.All ?? [], claim => Assert.NotNull(claim.Value.Text));
        }
    }

    private static ClaimsSet Read(string json)
    {
        Assert.True(ClaimsSet.TryParse(Encoding.UTF8.GetBytes(json), out var claims, out _));
        return claims!;
    }
}

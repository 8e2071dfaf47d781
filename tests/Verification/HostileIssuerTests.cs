using System.Globalization;
using System.Net;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Verification;

/// <summary>What a trusted issuer signs is hostile input too: it is refused, and is never an error of the gateway's.</summary>
public sealed class HostileIssuerTests
{
    [Theory]
    [InlineData(401, """ "exp":253402300799 """)]
    [InlineData(401, """ "exp":253402300799,"iat":NOW """)]
    [InlineData(401, """ "exp":253402300799,"iat":253402300799 """)]
    [InlineData(401, """ "exp":253402300799,"nbf":253402300799 """)]
    [InlineData(401, """ "exp":253402300798.9999999 """)]
    [InlineData(401, """ "exp":0,"iat":0 """)]
    [InlineData(401, """ "exp":1e308 """)]
    [InlineData(401, """ "exp":-62135596801 """)]
    [InlineData(401, """ "exp":9223372036854775807 """)]
    [InlineData(401, """ "exp":LATER,"iat":0 """)]
    [InlineData(401, """ "exp":LATER,"nbf":253402300799 """)]
    [InlineData(401, """ "exp":LATER,"exp":LATER """)]
    [InlineData(401, """ "exp":LATER,"\u0065xp":LATER """)]
    [InlineData(401, """ "exp":LATER,"x":"\ud800" """)]
    [InlineData(200, """ "exp":LATER,"email":"a\r\nX-Auth-Roles: admin\u0000" """)]
    [InlineData(200, """ "exp":LATER,"email":1e400,"roles":{"a":[1e400,"\r\n"]} """)]
    [InlineData(200, """ "exp":LATER,"jti":"\r\n","email":"" """)]
    public async Task Whatever_is_signed_the_answer_is_a_decision(int status, string claims)
    {
        await using var house = await House.OpenAsync();
        Assert.Equal(HttpStatusCode.OK, (await house.Get("/any", house.Token())).StatusCode);

        var now = house.Clock.GetUtcNow().ToUnixTimeSeconds();
        claims = claims
            .Replace("NOW", now.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("LATER", (now + 600).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        var token = house.Key.Sign(
            """{"alg":"ES256","kid":"k1","typ":"JWT"}""",
            $$"""{"iss":"{{house.Issuer.Issuer}}","sub":"mallory","aud":"api",{{claims}}}""");
        // Twice: a verdict that was remembered is no other.
        for (var i = 0; i < 2; i++) Assert.Equal(status, (int)(await house.Get("/any", token)).StatusCode);
        Assert.Equal(status == 200 ? 3 : 1, house.Upstream.Requests.Count);
        if (status != 200) return;
        Assert.Equal("mallory", house.Upstream.Requests[^1].Header("X-Auth-Subject"));
        Assert.DoesNotContain("admin", house.Upstream.Requests[^1].Values("X-Auth-Roles"));
    }
}

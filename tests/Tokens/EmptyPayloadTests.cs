using Sallyport.Gateway.Tokens;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Tokens;

public sealed class EmptyPayloadTests
{
    [Fact]
    public void A_signature_over_no_bytes_is_a_signature_but_no_claims_set()
    {
        var key = TestKey.New("ES256");
        Assert.True(JwkSet.TryParse(System.Text.Encoding.UTF8.GetBytes(TokenForge.Set(key.PublicJwk("k1")).ToJsonString()), 1, out var set, out _));
        const string Header = """{"alg":"ES256","kid":"k1"}""";
        Assert.Null(JwsCheck.Check(key.Sign(Header, ""), set, Algorithm.All));
        Assert.False(ClaimsSet.TryParse([], out _, out var fault));
        Assert.Equal("claims_malformed", fault.Code);

        // The signature of something is no signature of nothing.
        var parts = key.Sign(Header, "{}").Split('.');
        Assert.Equal("signature_invalid", JwsCheck.Check($"{parts[0]}..{parts[2]}", set, Algorithm.All)?.Code);
    }
}

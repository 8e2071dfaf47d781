using Sallyport.Gateway.Identity;

namespace Sallyport.Tests.Identity;

/// <summary>The spelling of SPIFFE IDs (SPIFFE ID, section 2).</summary>
public sealed class SpiffeIdTests
{
    [Theory]
    [InlineData("spiffe://example.org", "example.org", "")]
    [InlineData("spiffe://example.org/gateway", "example.org", "/gateway")]
    [InlineData("spiffe://k8s-west_1.example.com/ns/staging/sa/default", "k8s-west_1.example.com", "/ns/staging/sa/default")]
    [InlineData("spiffe://a/9eebccd2-12bf-40a6-B262-65FE0487D453", "a", "/9eebccd2-12bf-40a6-B262-65FE0487D453")]
    [InlineData("spiffe://1.2.3.4/...", "1.2.3.4", "/...")]
    [InlineData("spiffe://a/.b/c..", "a", "/.b/c..")]
    public void One_is_a_trust_domain_and_a_path(string text, string domain, string path)
    {
        Assert.True(SpiffeId.TryParse(text, out var id, out _));
        Assert.Equal((domain, path, text), (id.TrustDomain.Name, id.Path, id.ToString()));
        Assert.Equal(path.Length > 0, id.HasPath);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("spiffe:")]
    [InlineData("spiffe://")]
    [InlineData("spiffe:///gateway")]
    [InlineData("SPIFFE://example.org/gateway")]
    [InlineData("spiffe:/example.org/gateway")]
    [InlineData("https://example.org/gateway")]
    [InlineData(" spiffe://example.org/gateway")]
    [InlineData("spiffe://example.org/gateway ")]
    [InlineData("spiffe://Example.org/gateway")]
    [InlineData("spiffe://example.org:443/gateway")]
    [InlineData("spiffe://example.org:/gateway")]
    [InlineData("spiffe://user@example.org/gateway")]
    [InlineData("spiffe://@example.org/gateway")]
    [InlineData("spiffe://[::1]/gateway")]
    [InlineData("spiffe://ex%61mple.org/gateway")]
    [InlineData("spiffe://exämple.org/gateway")]
    [InlineData("spiffe://example.org/")]
    [InlineData("spiffe://example.org/gateway/")]
    [InlineData("spiffe://example.org//gateway")]
    [InlineData("spiffe://example.org/a//b")]
    [InlineData("spiffe://example.org/./a")]
    [InlineData("spiffe://example.org/a/..")]
    [InlineData("spiffe://example.org/a/../b")]
    [InlineData("spiffe://example.org/a%2Fb")]
    [InlineData("spiffe://example.org/a:b")]
    [InlineData("spiffe://example.org/a b")]
    [InlineData("spiffe://example.org/ä")]
    [InlineData("spiffe://example.org/a?b")]
    [InlineData("spiffe://example.org?b")]
    [InlineData("spiffe://example.org/a#b")]
    [InlineData("spiffe://example.org#b")]
    [InlineData("spiffe://example.org\\a")]
    [InlineData("spiffe://example.org/a\0")]
    [InlineData("spiffe://example.org/a\n")]
    public void Anything_else_is_none(string? text)
    {
        Assert.False(SpiffeId.TryParse(text, out var id, out var problem));
        Assert.Null(id);
        Assert.NotEmpty(problem);
    }

    [Fact]
    public void It_has_2048_bytes_and_its_trust_domain_255_at_most()
    {
        var longest = "spiffe://a/" + new string('x', 2048 - "spiffe://a/".Length);
        Assert.True(SpiffeId.TryParse(longest, out _));
        Assert.False(SpiffeId.TryParse(longest + "x", out _));
        Assert.True(SpiffeId.TryParse($"spiffe://{new string('d', 255)}/a", out _));
        Assert.False(SpiffeId.TryParse($"spiffe://{new string('d', 256)}/a", out _));
    }

    [Fact]
    public void Two_are_the_same_when_their_texts_are()
    {
        Assert.True(SpiffeId.TryParse("spiffe://example.org/a", out var one));
        Assert.True(SpiffeId.TryParse("spiffe://example.org/a", out var same));
        Assert.True(SpiffeId.TryParse("spiffe://example.org/A", out var other));
        Assert.Equal(one, same);
        Assert.NotEqual(one, other);
    }

    [Theory]
    [InlineData("example.org", "example.org")]
    [InlineData("spiffe://example.org", "example.org")]
    [InlineData("spiffe://example.org/", null)]
    [InlineData("spiffe://example.org/a", null)]
    [InlineData("example.org/a", null)]
    [InlineData("Example.org", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void A_trust_domain_is_a_name_or_an_id_without_a_path(string? text, string? name)
    {
        Assert.Equal(name is not null, TrustDomain.TryParse(text, out var domain));
        Assert.Equal(name, domain?.Name);
    }
}

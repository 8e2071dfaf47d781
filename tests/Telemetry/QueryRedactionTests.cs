using System.Diagnostics;
using Sallyport.Gateway.Telemetry;

namespace Sallyport.Tests.Telemetry;

public sealed class QueryRedactionTests
{
    [Theory]
    [InlineData("url.full", "http://a.example/b?access_token=x", "http://a.example/b")]
    [InlineData("url.full", "http://a.example/b?*", "http://a.example/b")]
    [InlineData("url.full", "http://a.example/b", "http://a.example/b")]
    [InlineData("http.url", "http://a.example/b?", "http://a.example/b")]
    [InlineData("http.target", "/b?access_token=x", "/b")]
    [InlineData("url.query", "?access_token=x", null)]
    [InlineData("url.path", "/b", "/b")]
    public void A_query_leaves_every_span(string tag, string value, string? left)
    {
        using var activity = new Activity("request").SetTag(tag, value);
        using var redaction = new QueryRedaction();
        redaction.OnEnd(activity);
        Assert.Equal(left, activity.GetTagItem(tag));
    }
}

using System.Net;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Proxy;

public sealed class TimeoutTests
{
    [Fact]
    public async Task A_routes_timeout_is_applied()
    {
        await using var house = await House.OpenAsync(json =>
        {
            json["ReverseProxy"]!["Routes"]!["any"]!["Timeout"] = "00:00:04";
            json["ReverseProxy"]!["Routes"]!["optional"]!["Timeout"] = "00:01:00";
        });
        house.Upstream.On("/any/slow", async (context, _) => await house.Upstream.Slow.WaitAsync(context.RequestAborted));
        house.Upstream.On("/optional/quick", (_, _) => Task.CompletedTask);
        Assert.Equal(HttpStatusCode.OK, (await house.Get("/optional/quick")).StatusCode);

        // Which status it is, YARP says.
        Assert.False((await house.Get("/any/slow", house.Token())).IsSuccessStatusCode);
        await house.Upstream.Requests[^1].Aborted.WaitAsync(TimeSpan.FromSeconds(10));
    }
}

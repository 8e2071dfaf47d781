using System.Diagnostics;
using System.Net.Http.Headers;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Sallyport.Gateway.Proxy;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Proxy;

/// <summary>What the gate allocates for a request whose token it has seen before.</summary>
/// <remarks>
/// <para>Counted: everything from Kestrel's request to the forwarder and, where that does not end at once, back. Stripping of headers, path, token, digest, cache,
/// revocation, policy with a tenant rule, projection, assertion (none), <c>HttpContext.User</c>, metrics (nobody listens), expiry watch.</para>
/// <para>Not counted: Kestrel, routing, YARP and its transforms, which are bare YARP's too or stand beside it in the table of steps; the first request of a token.</para>
/// </remarks>
public sealed class AllocationTests
{
    private const int WarmUp = 500;
    private const int Runs = 1_000;

    // A build that is not optimised makes an object of each state machine.
    private static readonly int MostBytes = typeof(Gate).Assembly.GetCustomAttribute<DebuggableAttribute>() is { IsJITOptimizerDisabled: true } ? 400 : 200;

    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(2, true)]
    public async Task A_cache_hit_allocates_at_most_200_bytes(int tokens, bool isWaitedFor)
    {
        await using var house = await House.OpenAsync();
        var table = house.Gateway.Services.GetRequiredService<RouteTable>();
        var route = table.Find(table.GetConfig().Routes.Single(route => route.RouteId is "tenants"))!;

        TaskCompletionSource? underWay = null;
        var forwarded = 0;
        var gate = house.Gateway.Services.GetRequiredService<Gate>().Before(
            _ =>
            {
                forwarded++;
                return underWay?.Task ?? Task.CompletedTask;
            },
            route);
        var spent = new List<long>(WarmUp + Runs);
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            // As routing leaves it.
            context.Request.RouteValues["tenant"] = "acme";
            underWay = isWaitedFor ? new TaskCompletionSource() : null;

            var before = GC.GetAllocatedBytesForCurrentThread();
            var passing = gate(context);
            underWay?.SetResult();
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

            await passing;
            spent.Add(allocated);
        });

        // One connection: with several tokens on it, each comes as a string of its own and is hashed.
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 1, UseProxy = false }) { BaseAddress = new Uri(server.Url) };
        AuthenticationHeaderValue[] sent =
        [
            .. Enumerable.Range(0, tokens).Select(i => new AuthenticationHeaderValue("Bearer", house.Token(claims =>
            {
                claims["sub"] = $"user-{i}";
                claims["org_id"] = "acme";
            }))),
        ];
        for (var i = 0; i < WarmUp + Runs; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/tenants/acme/17");
            request.Headers.Authorization = sent[i % tokens];
            using var response = await client.SendAsync(request);
            Assert.Equal(200, (int)response.StatusCode);
        }

        Assert.Equal(WarmUp + Runs, forwarded);
        Assert.InRange(spent.Skip(WarmUp).Average(), 1, MostBytes);
    }
}

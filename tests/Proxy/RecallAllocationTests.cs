using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Sallyport.Gateway.Proxy;
using Sallyport.Gateway.Verification;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Proxy;

/// <summary>What a token seen before costs in memory on each request.</summary>
public sealed class RecallAllocationTests
{
    private const int Requests = 1_000;

    [Theory]
    [InlineData("any")]
    [InlineData("orders")]
    [InlineData("tenants")]
    public async Task Finding_it_and_deciding_on_it_allocates_nothing(string routeId)
    {
        await using var house = await House.OpenAsync();
        var (context, requirement) = await VerifiedOnceAsync(house, routeId);
        var verifier = house.Gateway.Services.GetRequiredService<TokenVerifier>();
        Assert.InRange(Allocated(Recall), 0, Requests / 10);

        void Recall()
        {
            Assert.True(BearerToken.TryFind(context.Request, requirement.Requirement.Token, out var text, out _));
            Assert.True(verifier.TryRecall(LastDigest.Of(context, text), requirement.Trust, out var token));
            Assert.True(requirement.Requirement.Decide(token.Principal, context.Request.RouteValues).IsAllowed);
        }
    }

    private static long Allocated(Action act)
    {
        for (var i = 0; i < Requests; i++) act();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Requests; i++) act();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static async Task<(HttpContext Context, RouteRequirement Requirement)> VerifiedOnceAsync(House house, string routeId)
    {
        var routes = house.Gateway.Services.GetRequiredService<RouteTable>();
        var requirement = routes.Find(routes.GetConfig().Routes.Single(route => route.RouteId == routeId))!;
        var context = new DefaultHttpContext();
        context.Features.Set<IPersistentStateFeature>(new Connection());
        context.Request.Path = $"/{routeId}/acme";
        context.Request.RouteValues["tenant"] = "acme";
        context.Request.Headers.Authorization = $"Bearer {house.Token(claims => (claims["scope"], claims["org_id"]) = ("orders:read", "acme"))}";
        var gate = house.Gateway.Services.GetRequiredService<Gate>().Before(
            context =>
            {
                Assert.True(context.User.Identity!.IsAuthenticated);
                return Task.CompletedTask;
            },
            requirement);
        await gate(context);
        Assert.Equal(200, context.Response.StatusCode);
        return (context, requirement);
    }

    private sealed class Connection : IPersistentStateFeature
    {
        public IDictionary<object, object?> State { get; } = new Dictionary<object, object?>();
    }
}

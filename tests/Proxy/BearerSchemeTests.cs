using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Proxy;

/// <summary>What a .NET developer expects of an endpoint in this process: the JwtBearer scheme and <c>[Authorize]</c> by policy name.</summary>
public sealed class BearerSchemeTests
{
    [Fact]
    public async Task The_scheme_verifies_as_the_gate_does()
    {
        await using var house = await House.OpenAsync();
        var good = await Request(house, house.Token(c => { c["email"] = "alice@example.com"; c["roles"] = new System.Text.Json.Nodes.JsonArray("reader", "writer"); })).AuthenticateAsync();
        Assert.True(good.Succeeded);
        Assert.Equal("alice", good.Principal.Identity?.Name);
        Assert.Equal("alice@example.com", good.Principal.FindFirst("email")?.Value);
        Assert.True(good.Principal.IsInRole("writer"));

        Assert.False((await Request(house, house.Token(key: TestKey.New("ES256"))).AuthenticateAsync()).Succeeded);
        Assert.False((await Request(house, house.Token(c => c["aud"] = "other")).AuthenticateAsync()).Succeeded);
        Assert.True((await Request(house, token: null).AuthenticateAsync()).None);
    }

    [Fact]
    public async Task A_policy_decides_as_the_gate_does()
    {
        await using var house = await House.OpenAsync();
        var authorization = house.Gateway.Services.CreateScope().ServiceProvider.GetRequiredService<IAuthorizationService>();
        Assert.True(await Passes("orders-read", house.Token(c => c["scope"] = "orders:read")));
        Assert.False(await Passes("orders-read", house.Token()));
        Assert.True(await Passes("tenant", house.Token(c => c["org_id"] = "acme")));
        Assert.False(await Passes("tenant", house.Token(c => c["org_id"] = "globex")));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Passes("unheard-of", house.Token()));

        async Task<bool> Passes(string policy, string token)
        {
            var context = Request(house, token);
            context.Request.RouteValues["tenant"] = "acme";
            var user = (await context.AuthenticateAsync()).Principal!;
            return (await authorization.AuthorizeAsync(user, context, policy)).Succeeded;
        }
    }

    private static DefaultHttpContext Request(House house, string? token)
    {
        var context = new DefaultHttpContext { RequestServices = house.Gateway.Services.CreateScope().ServiceProvider };
        context.Features.Set<IRouteValuesFeature>(new RouteValuesFeature());
        if (token is not null) context.Request.Headers.Authorization = $"Bearer {token}";
        return context;
    }
}

using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Sallyport.Gateway.Proxy;
using Sallyport.Gateway.Trust;
using Sallyport.Gateway.Verification;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Proxy;

public sealed class NotInitialisedTests
{
    [Fact]
    [Trait("Acceptance", "A7")]
    public async Task A_verifier_without_keys_answers_503_and_passes_nothing()
    {
        await using var house = await House.OpenAsync(json =>
            json["Sallyport"]!["TrustedIssuers"]!["corp"]!["Keys"]!["Cooldown"] = "00:00:00.200");
        await using var another = await House.OpenAsync(json =>
        {
            // An issuer that is away from the start.
            json["Sallyport"]!["TrustedIssuers"]!["corp"]!["Keys"]!["JwksUri"] = "http://127.0.0.1:1/jwks";
        });

        Assert.Equal(HttpStatusCode.OK, (await house.Get("/any", house.Token())).StatusCode);

        foreach (var path in new[] { "/any", "/orders", "/optional", "/tenants/acme/1" })
        {
            var response = await another.Get(path, another.Token());
            Assert.NotNull(response.Headers.RetryAfter);
            Assert.Equal((503, "keys_unavailable"), await House.Problem(response));
        }

        Assert.Empty(another.Upstream.Requests);
    }

    [Fact]
    [Trait("Acceptance", "A7")]
    public async Task Without_trust_in_force_no_token_is_verified()
    {
        await using var house = await House.OpenAsync();
        Assert.Equal(HttpStatusCode.OK, (await house.Get("/any", house.Token())).StatusCode);
        var (verifier, trust) = (house.Gateway.Services.GetRequiredService<TokenVerifier>(), house.Gateway.Services.GetRequiredService<TrustedIssuers>());
        var digest = TokenDigest.Of(house.Token());
        var verdict = await verifier.VerifyAsync(house.Token(), trust.Current, client: null, CancellationToken.None);
        verifier.Remember(digest, verdict.Token!);
        Assert.True(verifier.TryRecall(digest, trust.Current, out _));

        // Nothing passes by a cached verdict either.
        trust.Publish(null!);
        Assert.False(verifier.TryRecall(digest, trust.Current, out _));
        await Assert.ThrowsAsync<NotInitialisedException>(async () => await verifier.VerifyAsync(house.Token(), trust.Current, client: null, CancellationToken.None));
    }

    [Fact]
    [Trait("Acceptance", "A7")]
    public async Task A_route_that_the_gate_does_not_know_is_never_forwarded()
    {
        await using var house = await House.OpenAsync();
        var routes = house.Gateway.Services.GetRequiredService<RouteTable>();
        var endpoint = new Microsoft.AspNetCore.Routing.RouteEndpointBuilder(_ => throw new InvalidOperationException("forwarded"), Microsoft.AspNetCore.Routing.Patterns.RoutePatternFactory.Parse("/x"), 0);
        endpoint.Metadata.Add(new Yarp.ReverseProxy.Model.RouteModel(
            new Yarp.ReverseProxy.Configuration.RouteConfig { RouteId = "x", Match = new() },
            cluster: null,
            Yarp.ReverseProxy.Forwarder.HttpTransformer.Default));
        routes.Guard(endpoint, house.Gateway.Services.GetRequiredService<Gate>());

        var context = new Microsoft.AspNetCore.Http.DefaultHttpContext();
        await endpoint.RequestDelegate!(context);
        Assert.Equal(503, context.Response.StatusCode);
    }
}

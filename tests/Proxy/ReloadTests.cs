using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Proxy;

public sealed class ReloadTests
{
    [Fact]
    public async Task Routes_policies_and_issuers_change_without_a_restart_and_requests_in_flight_end_well()
    {
        await using var house = await House.OpenAsync();
        house.Upstream.On("/any/slow", async (context, _) =>
        {
            await house.Upstream.Slow.WaitAsync(context.RequestAborted);
            await context.Response.Body.WriteAsync("done"u8.ToArray(), context.RequestAborted);
        });
        var token = house.Token();
        var slow = house.Get("/any/slow", token);
        await house.Upstream.Received();

        var json = House.Configuration(house.Issuer, house.Upstream);
        json["Sallyport"]!["Policies"]!["any"] = JsonNode.Parse("""{ "Scopes": { "All": ["new"] } }""");
        json["ReverseProxy"]!["Routes"]!["added"] = JsonNode.Parse("""{ "ClusterId": "upstream", "AuthorizationPolicy": "Anonymous", "Match": { "Path": "/added" } }""");
        json["ReverseProxy"]!["Routes"]!.AsObject().Remove("orders");
        house.Gateway.Change(json);

        await Poll.Until(async () => (await house.Get("/added")).StatusCode == HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.Forbidden, (await house.Get("/any", token)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await house.Get("/any", house.Token(c => c["scope"] = "new"))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await house.Get("/orders", token)).StatusCode);

        house.Upstream.Slow.Open();
        Assert.Equal("done", await (await slow).Content.ReadAsStringAsync());
        // An issuer that did not change keeps its keys.
        Assert.Equal(1, house.Issuer.JwksHits);
    }

    [Fact]
    public async Task An_issuer_that_is_no_longer_trusted_is_refused_a_cached_token_included()
    {
        await using var house = await House.OpenAsync();
        var token = house.Token();
        Assert.Equal(HttpStatusCode.OK, (await house.Get("/any", token)).StatusCode);
        var json = House.Configuration(house.Issuer, house.Upstream);
        json["Sallyport"]!["TrustedIssuers"]!["corp"]!["Issuer"] = "https://another.example";
        house.Gateway.Change(json);
        await Poll.Until(async () => (await house.Get("/any", token)).StatusCode == HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_bad_configuration_leaves_the_running_one_and_says_why()
    {
        await using var house = await House.OpenAsync();
        var json = House.Configuration(house.Issuer, house.Upstream);
        json["Sallyport"]!["Policies"]!["any"] = JsonNode.Parse("""{ "Isuers": ["corp"] }""");
        json["ReverseProxy"]!["Routes"]!["bare"] = JsonNode.Parse("""{ "ClusterId": "upstream", "Match": { "Path": "/bare" } }""");
        house.Gateway.Change(json);

        await Poll.Until(() => house.Gateway.Logs.Has(LogLevel.Error, "the running one stays in force"));
        Assert.True(house.Gateway.Logs.Has(LogLevel.Error, "$.Sallyport.Policies.any.Isuers"));
        Assert.True(house.Gateway.Logs.Has(LogLevel.Error, "$.ReverseProxy.Routes.bare"));
        Assert.Equal(HttpStatusCode.OK, (await house.Get("/any", house.Token())).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await house.Get("/bare")).StatusCode);

        // Mended, it is taken.
        house.Gateway.Change(House.Configuration(house.Issuer, house.Upstream));
        await Poll.Until(() => house.Gateway.Logs.Has(LogLevel.Information, "The changed configuration is in force"));
    }

    [Fact]
    public async Task A_route_whose_name_moves_to_another_path_is_never_judged_by_the_wrong_policy()
    {
        // Two configurations that swap the names of an open and a guarded route, in turn, under load.
        await using var house = await House.OpenAsync();
        var swapped = House.Configuration(house.Issuer, house.Upstream);
        var routes = swapped["ReverseProxy"]!["Routes"]!;
        (routes["any"], routes["open"]) = (routes["open"]!.DeepClone(), routes["any"]!.DeepClone());
        var original = House.Configuration(house.Issuer, house.Upstream);

        using var stop = new CancellationTokenSource();
        var load = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                var status = (await house.Get("/any/secret")).StatusCode;
                Assert.NotEqual(HttpStatusCode.OK, status);
            }
        });
        for (var i = 1; i <= 6; i++)
        {
            var taken = i;
            house.Gateway.Change(i % 2 == 1 ? swapped : original);
            await Poll.Until(() => house.Gateway.Logs.Entries.Count(e => e.Message.Contains("is in force", StringComparison.Ordinal)) >= taken);
        }

        await stop.CancelAsync();
        await load;
        Assert.DoesNotContain(house.Upstream.Requests, r => r.Target.StartsWith("/any", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, (await house.Get("/open/x")).StatusCode);
    }

    [Fact]
    public async Task An_issuer_that_comes_with_a_narrower_policy_never_passes_by_the_wider_one_before_it()
    {
        var partnerKey = TestKey.New("ES256");
        var jwks = TokenForge.Set(partnerKey.PublicJwk("p1", "ES256")).ToJsonString();
        await using var house = await House.OpenAsync(json => json["Sallyport"]!["Policies"]!["any"] = JsonNode.Parse("""{ "Required": true }"""));
        var wide = House.Configuration(house.Issuer, house.Upstream);
        wide["Sallyport"]!["Policies"]!["any"] = JsonNode.Parse("""{ "Required": true }""");
        var narrow = House.Configuration(house.Issuer, house.Upstream);
        narrow["Sallyport"]!["TrustedIssuers"]!["partner"] = JsonNode.Parse(
            $$"""{ "Issuer": "https://partner.example", "Audiences": ["api"], "Keys": { "Inline": {{jwks}} } }""");
        var token = house.Token(c => c["iss"] = "https://partner.example", partnerKey, "p1");

        using var stop = new CancellationTokenSource();
        var answers = new HashSet<HttpStatusCode>();
        var answered = 0;
        var load = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                answers.Add((await house.Get("/any", token)).StatusCode);
                Interlocked.Increment(ref answered);
            }
        });
        for (var i = 1; i <= 6; i++)
        {
            var taken = i;
            house.Gateway.Change(i % 2 == 1 ? narrow : wide);
            await Poll.Until(() => house.Gateway.Logs.Entries.Count(e => e.Message.Contains("is in force", StringComparison.Ordinal)) >= taken);
            // The next answer may be to a question of before; the one after it is not.
            var before = Volatile.Read(ref answered);
            await Poll.Until(() => load.IsCompleted || Volatile.Read(ref answered) >= before + 2);
        }

        await stop.CancelAsync();
        await load;
        // Unknown under the one configuration, known but not let in under the other.
        Assert.Equal([HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden], answers.Order());
        Assert.DoesNotContain(house.Upstream.Requests, r => r.Header("X-Auth-Issuer-Name") == "partner");
    }
}

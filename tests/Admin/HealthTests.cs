using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Sallyport.Gateway.Admin;
using Sallyport.Gateway.Revocation;
using Sallyport.Gateway.Trust;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Admin;

public sealed class HealthTests
{
    [Fact]
    public async Task Ready_once_every_required_issuer_has_keys()
    {
        await using var house = await House.OpenAsync();
        var probe = new Probe(house.Gateway);
        await Poll.Until(async () => (await probe.Ready()).Status == HttpStatusCode.OK);

        var (_, report) = await probe.Ready();
        Assert.Equal("Ready", (string?)report["status"]);
        Assert.Empty(report["reasons"]!.AsArray());
        var issuer = report["issuers"]!.AsArray().Single()!;
        Assert.Equal("corp", (string?)issuer["name"]);
        Assert.True((bool)issuer["required"]!);
        Assert.Equal($"JWKS at {house.Issuer.JwksUri}", (string?)issuer["source"]);
        Assert.Equal("Usable", (string?)issuer["state"]);
        Assert.Equal(1, (int)issuer["keys"]!);
        Assert.InRange((long)issuer["ageSeconds"]!, 0, 60);
        Assert.False((bool)issuer["ephemeral"]!);
        Assert.Null(issuer["lastFailure"]);
    }

    [Fact]
    public async Task Not_ready_while_a_required_issuer_has_no_keys_and_ready_when_they_came()
    {
        var clock = new FakeClock();
        await using var partner = await IssuerServer.StartAsync(TestKey.New("ES256").PublicJwk("p1", "ES256"));
        await partner.Stop();
        await using var house = await House.OpenAsync(json => Trust(json, "partner", partner), clock);
        var probe = new Probe(house.Gateway);
        await Poll.Until(async () => Reasons(await probe.Ready()).Contains("partner", StringComparison.Ordinal)
            && !Reasons(await probe.Ready()).Contains("corp", StringComparison.Ordinal));

        var (status, report) = await probe.Ready();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal("NotReady", (string?)report["status"]);
        Assert.Equal(["Usable", "Unusable"], report["issuers"]!.AsArray().Select(i => (string?)i!["state"]));

        // Startup is over all the same: an issuer that is away must not make an orchestrator restart the gateway.
        await Poll.Until(async () => (await probe.Get("/health/startup")).StatusCode == HttpStatusCode.OK);

        await partner.StartAgain();
        clock.Advance(TimeSpan.FromSeconds(31));
        await Poll.Until(async () =>
        {
            // A beat that met the attempt of before at its very end did nothing: there must be another one.
            clock.Advance(TimeSpan.FromSeconds(1));
            return (await probe.Ready()).Status == HttpStatusCode.OK;
        });
    }

    [Fact]
    public async Task Degraded_while_an_issuer_that_is_not_required_has_no_keys()
    {
        await using var partner = await IssuerServer.StartAsync();
        await partner.Stop();
        await using var house = await House.OpenAsync(json => Trust(json, "partner", partner)["Required"] = false);
        var probe = new Probe(house.Gateway);
        await Poll.Until(async () => (await probe.Ready()).Status == HttpStatusCode.OK);

        var (_, report) = await probe.Ready();
        Assert.Equal("Degraded", (string?)report["status"]);
        Assert.Contains("'partner'", (string?)report["reasons"]!.AsArray().Single(), StringComparison.Ordinal);

        using var answer = await probe.Get("/health/ready");
        Assert.Contains("issuer 'partner' has", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(
            ["name", "required", "source", "state", "keys", "ageSeconds", "ephemeral", "lastFailure"],
            report["issuers"]![0]!.AsObject().Select(member => member.Key));
    }

    [Fact]
    public async Task Degraded_on_stale_keys_and_not_ready_past_their_hard_expiry()
    {
        var clock = new FakeClock();
        await using var house = await House.OpenAsync(clock: clock);
        var probe = new Probe(house.Gateway);
        await Poll.Until(async () => (await probe.Ready()).Status == HttpStatusCode.OK);

        await house.Issuer.Stop();
        clock.Advance(TimeSpan.FromMinutes(6));
        // They are stale as soon as the clock says so; that the issuer cannot be asked shows a moment later.
        await Poll.Until(async () => (await probe.Ready()).Report is var now && (string?)now["status"] == "Degraded" && now["issuers"]![0]!["lastFailure"] is not null);
        var (status, report) = await probe.Ready();
        Assert.Equal(HttpStatusCode.OK, status);
        var issuer = report["issuers"]!.AsArray().Single()!;
        Assert.Equal("Stale", (string?)issuer["state"]);
        Assert.Equal(360, (long)issuer["ageSeconds"]!);
        Assert.NotNull((string?)issuer["lastFailure"]);
        Assert.Contains("360 s", Reasons((status, report)), StringComparison.Ordinal);
        using (var known = await house.Get("/any/1", house.Token()))
            Assert.Equal(HttpStatusCode.OK, known.StatusCode);

        clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await probe.Ready()).Status);

        await house.Issuer.StartAgain();
        await Poll.Until(async () =>
        {
            // Again and again: an attempt of before may have been late, and the next one waits for its cooldown.
            clock.Advance(TimeSpan.FromSeconds(31));
            return (string?)(await probe.Ready()).Report["status"] == "Ready";
        });
    }

    [Fact]
    public async Task A_stopping_process_is_not_ready_but_alive()
    {
        await using var house = await House.OpenAsync();
        var probe = new Probe(house.Gateway);
        await Poll.Until(async () => (await probe.Ready()).Status == HttpStatusCode.OK);

        house.Gateway.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        var (status, report) = await probe.Ready();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal("the process is stopping", (string?)report["reasons"]![0]);
        Assert.Equal(HttpStatusCode.OK, (await probe.Get("/health/live")).StatusCode);
    }

    [Fact]
    public async Task Startup_waits_for_the_first_fetch_of_every_issuer()
    {
        var latch = new Latch();
        await using var partner = await IssuerServer.StartAsync(TestKey.New("ES256").PublicJwk("p1", "ES256"));
        partner.Jwks.Fault = async (context, answer) =>
        {
            await latch.WaitAsync(context.RequestAborted);
            await answer();
        };
        await using var house = await House.OpenAsync(json => Trust(json, "partner", partner)["Keys"]!["Timeout"] = "00:00:30");
        var probe = new Probe(house.Gateway);
        await Poll.Until(() => latch.Arrived == 1);

        using (var before = await probe.Get("/health/startup"))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, before.StatusCode);
            Assert.Contains("partner", await before.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.OK, (await probe.Get("/health/live")).StatusCode);
        latch.Open();
        await Poll.Until(async () => (await probe.Get("/health/startup")).StatusCode == HttpStatusCode.OK);
    }

    [Fact]
    [Trait("Acceptance", "A2")]
    public async Task An_ephemeral_key_shows()
    {
        await using var house = await House.OpenAsync(json =>
        {
            json["Sallyport"]!["TrustedIssuers"]!["own"] = JsonNode.Parse("""{ "Audiences": ["api"], "Keys": { "Own": true } }""");
            json["Sallyport"]!["Issuer"] = JsonNode.Parse("""{ "Issuer": "https://gateway.example.com", "Keys": { "Store": "Memory" } }""");
        });
        var probe = new Probe(house.Gateway);
        await Poll.Until(async () => (await probe.Ready()).Status == HttpStatusCode.OK);

        var (_, report) = await probe.Ready();
        Assert.Equal([false, true], report["issuers"]!.AsArray().Select(i => (bool)i!["ephemeral"]!));
        Assert.Equal(
            ["issuer 'own' has an ephemeral key: it lives in the memory of this process and ends with it", "signing keys are ephemeral: they live in the memory of this process and end with it"],
            report["reasons"]!.AsArray().Select(reason => (string?)reason));
        Assert.Null(report["issuers"]![1]!["ageSeconds"]);
    }

    [Fact]
    [Trait("Acceptance", "A7")]
    public async Task Not_ready_while_no_configuration_is_in_force()
    {
        await using var house = await House.OpenAsync();
        await Poll.Until(() => house.Gateway.Services.GetRequiredService<Health>().Ready().Status == HealthStatus.Ready);

        var uninitialised = new Health(
            new TrustedIssuers(),
            house.Gateway.Services.GetRequiredService<RevocationList>(),
            house.Gateway.Services.GetRequiredService<IHostApplicationLifetime>(),
            TimeProvider.System);
        Assert.Equal(HealthStatus.NotReady, uninitialised.Ready().Status);
        Assert.Equal(HealthStatus.NotReady, uninitialised.Startup().Status);
    }

    [Fact]
    public async Task A_reload_shows_the_issuers_now_trusted()
    {
        await using var partner = await IssuerServer.StartAsync(TestKey.New("ES256").PublicJwk("p1", "ES256"));
        await using var house = await House.OpenAsync();
        var changed = House.Configuration(house.Issuer, house.Upstream);
        Trust(changed, "partner", partner);
        house.Gateway.Change(changed);

        var probe = new Probe(house.Gateway);
        await Poll.Until(async () =>
        {
            var (status, report) = await probe.Ready();
            return status == HttpStatusCode.OK && report["issuers"]!.AsArray().Count == 2;
        });
    }

    private static JsonObject Trust(JsonObject json, string name, IssuerServer issuer)
    {
        var entry = (JsonObject)JsonNode.Parse(
            $$"""{ "Issuer": "{{issuer.Issuer}}", "Audiences": ["api"], "Algorithms": ["ES256"], "Keys": { "JwksUri": "{{issuer.JwksUri}}" } }""")!;
        json["Sallyport"]!["TrustedIssuers"]![name] = entry;
        return entry;
    }

    private static string Reasons((HttpStatusCode Status, JsonObject Report) answer) => answer.Report["reasons"]!.ToJsonString();
}

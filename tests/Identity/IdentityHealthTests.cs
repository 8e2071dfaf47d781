using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sallyport.Gateway;
using Sallyport.Gateway.Admin;
using Sallyport.Gateway.Identity;
using Sallyport.Tests.Admin;
using Sallyport.Tests.Keys;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Identity;

/// <summary>What a gateway says of its own identity.</summary>
public sealed class IdentityHealthTests
{
    private readonly FakeClock _clock = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void It_is_well_until_two_thirds_of_its_life_and_only_a_required_one_that_ended_keeps_traffic_away(bool isRequired)
    {
        var ended = isRequired ? HealthStatus.NotReady : HealthStatus.Degraded;
        var ca = new SpiffeCa(clock: _clock);
        var own = new OwnIdentity(_clock);
        Assert.True(WorkloadEndpoint.TryParse("unix:/agent.sock", out var endpoint, out _));
        var status = new IdentityStatus(new IdentityOptions { Source = IdentitySourceKind.WorkloadApi, WorkloadApi = endpoint, Required = isRequired }, own, _clock);
        own.Fail("nobody is there");
        Assert.Equal((IdentityState.None, HealthStatus.Degraded), (status.Health().State, status.Health().Concern?.Status));
        Assert.Contains("nobody is there", status.Health().Concern?.Reason, StringComparison.Ordinal);

        Take();
        Assert.Equal((IdentityState.Good, null), (status.Health().State, status.Health().Concern));
        own.Fail("nobody is there");
        Assert.Equal((IdentityState.Good, HealthStatus.Ready), (status.Health().State, status.Health().Concern?.Status));

        _clock.Advance(TimeSpan.FromMinutes(41));
        Assert.Equal((IdentityState.Overdue, HealthStatus.Degraded), (status.Health().State, status.Health().Concern?.Status));
        Assert.NotNull(own.Current);

        _clock.Advance(TimeSpan.FromMinutes(20));
        Assert.Equal((IdentityState.Ended, ended), (status.Health().State, status.Health().Concern?.Status));
        Assert.Null(own.Current);
        Assert.Equal("spiffe://example.org/gateway", status.Health().SpiffeId);

        Take();
        Assert.Equal((IdentityState.Good, null), (status.Health().State, status.Health().Concern));

        void Take() => own.Publish(new IdentitySnapshot(ca.Issue(shape: new SvidShape { Age = TimeSpan.Zero }).Taken(ca.Bundles, _clock.GetUtcNow()), ca.Bundles));
    }

    [Fact]
    public async Task A_gateway_tells_who_it_is()
    {
        var ca = new SpiffeCa();
        await using var server = await WorkloadApiServer.StartAsync(ca, ca.Issue("/gateway"));
        var configuration = IssuingShop.InMemory();
        configuration["Sallyport"]!["Identity"] = new JsonObject { ["Source"] = "WorkloadApi", ["WorkloadApi"] = server.Address, ["Required"] = true };
        await using var gateway = await TestGateway.StartAsync(configuration);

        // It was waited for.
        Assert.Equal("spiffe://example.org/gateway", gateway.Services.GetRequiredService<OwnIdentity>().Current?.Svid.Id.ToString());
        var probe = new Probe(gateway);
        var (_, report) = await probe.Ready();
        Assert.Equal("Good", (string?)report["identity"]!["state"]);
        Assert.Equal("spiffe://example.org/gateway", (string?)report["identity"]!["spiffeId"]);
        Assert.Null(report["identity"]!["problem"]);

        await server.Stop();
        await Poll.Until(async () => (string?)(await probe.Ready()).Report["identity"]!["problem"] is not null);
        var (status, afterwards) = await probe.Ready();
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("Good", (string?)afterwards["identity"]!["state"]);
    }

    [Fact]
    public async Task Without_an_agent_a_gateway_starts_and_finds_it_later()
    {
        var ca = new SpiffeCa();
        await using var server = await WorkloadApiServer.StartAsync(ca, ca.Issue("/gateway"));
        await server.Stop();
        var configuration = IssuingShop.InMemory();
        configuration["Sallyport"]!["Identity"] = new JsonObject { ["Source"] = "WorkloadApi", ["WorkloadApi"] = server.Address };
        await using var gateway = await TestGateway.StartAsync(configuration);
        var probe = new Probe(gateway);
        await Poll.Until(async () => ((string?)(await probe.Ready()).Report["identity"]!["problem"])?.Contains("cannot be reached", StringComparison.Ordinal) is true);
        Assert.Equal("None", (string?)(await probe.Ready()).Report["identity"]!["state"]);
        Assert.True(gateway.Logs.Has(LogLevel.Warning, "cannot be reached"));

        await server.StartAgain();
        await Poll.Until(async () => (string?)(await probe.Ready()).Report["identity"]!["state"] == "Good", TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task A_source_that_is_stopped_asks_no_more()
    {
        var ca = new SpiffeCa();
        await using var server = await WorkloadApiServer.StartAsync(ca, ca.Issue("/gateway"));
        Assert.True(WorkloadEndpoint.TryParse(server.Address, out var endpoint, out _));
        var options = new IdentityOptions { Source = IdentitySourceKind.WorkloadApi, WorkloadApi = endpoint };
        await using (var services = new ServiceCollection().AddLogging().AddIdentity(options).BuildServiceProvider())
        {
            var source = services.GetRequiredService<IdentitySource>();
            await source.StartAsync(default);
            Assert.True(await source.WaitAsync(TimeSpan.FromSeconds(10), default));
            Assert.Equal(1, server.Streams);
            await source.StopAsync(default);
        }

        await Poll.Until(() => server.Streams == 0);
    }
}

namespace Sallyport.Tests.Fleet;

/// <summary>One fleet for the tests that break nothing: each has an issuer of its own there.</summary>
public sealed class SharedFleet : IAsyncLifetime
{
    internal GatewayFleet Fleet { get; private set; } = null!;

    /// <summary>Fetches of each issuer's keys while the fleet started.</summary>
    internal IReadOnlyList<int> FetchesAtStart { get; private set; } = [];

    public async Task InitializeAsync()
    {
        Fleet = await GatewayFleet.StartAsync(new FleetPlan
        {
            Issuers = [new("confused"), new("rotates"), new("rushes"), new("flooded") { Timeout = TimeSpan.FromSeconds(30) }, new("floods and rotates"), new("withdraws"), new("told") { Cooldown = TimeSpan.FromMinutes(10) }],
        });
        FetchesAtStart = [.. Fleet.Issuers.Select(issuer => issuer.Fetches)];
    }

    public async Task DisposeAsync() => await Fleet.DisposeAsync();
}

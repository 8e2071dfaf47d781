using Sallyport.Tests.Support;

namespace Sallyport.Tests.Fleet;

[Collection(Fleets.Name)]
public sealed class FleetTests
{
    [Fact]
    public async Task Three_gateways_start_serve_under_load_and_one_that_was_killed_comes_back()
    {
        await using var fleet = await GatewayFleet.StartAsync(new FleetPlan { Issuers = [new("corp") { HasWire = true }], Edit = json => json["Sallyport"]!.AsObject().Remove("Redis") });
        await using var load = Load.OfKnownTokens(fleet, fleet.Issuer);
        await load.Goes(100);
        fleet.Issuer.Wire!.Set(WireMode.BlackHole);
        await load.Goes(100);
        fleet.Issuer.Wire!.Set(WireMode.Pass);
        (await load.StopAsync()).AllPassed(200);
        await fleet.Accepts(fleet.Issuer.Token());
        await fleet.Replicas[1].Restart();
        await fleet.BecomesReady();
        await fleet.Accepts(fleet.Issuer.Token());
    }
}

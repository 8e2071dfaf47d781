using System.Net;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Fleet;

/// <summary>An issuer that is away, before three gateways.</summary>
[Collection(Fleets.Name)]
public sealed class IssuerOutageTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    [Trait("Acceptance", "D6")]
    public async Task Known_kids_pass_unknown_ones_are_503_and_the_attempts_of_the_whole_fleet_keep_to_one_cooldown()
    {
        var cooldown = 2 * Second;
        await using var fleet = await GatewayFleet.StartAsync(new FleetPlan { Issuers = [new("corp") { SoftExpiry = Second, Cooldown = cooldown }] });
        var issuer = fleet.Issuer;
        var (cached, next) = (issuer.Token(), issuer.NextKey());
        await fleet.Accepts(cached);

        issuer.Server.Jwks.Fault = Faults.Status(503);
        foreach (var replica in fleet.Replicas)
            await replica.Becomes(health => (string)health.Issuer("corp")["state"]! == "Stale", "the issuer's keys are stale");
        var attempts = issuer.Fetches;
        await using (var load = Load.Start(fleet, () => issuer.Token(), perSecond: 60))
        {
            while (load.Elapsed < 2.25 * cooldown)
            {
                foreach (var replica in fleet.Replicas)
                {
                    Assert.InRange(await replica.IsUnavailable(issuer.Token(next)), Second, 4 * Second);
                    await replica.Accepts(cached);
                }

                await load.Goes(20);
            }

            // One more, for the one at each end; each gateway for itself would make as many.
            Assert.InRange(issuer.Fetches - attempts, 1, 2 + (int)(load.Elapsed / cooldown));
            await load.Goes(100);
            (await load.StopAsync()).AllPassed(100);
        }

        issuer.Publish(issuer.First, next);
        issuer.Server.Jwks.Fault = null;
        await fleet.BecomesReady();
        await fleet.Accepts(issuer.Token(next));
        await fleet.Accepts(cached);
        await fleet.Refuses(issuer.Token(NamedKey.New("nobody's")), "kid_unknown");
    }

    [Fact]
    public async Task A_network_that_swallows_everything_sent_to_the_issuer_refuses_no_good_token_and_is_survived()
    {
        await using var fleet = await GatewayFleet.StartAsync(new FleetPlan
        {
            Issuers = [new("corp") { SoftExpiry = Second, Cooldown = 2 * Second, Timeout = Second, HasWire = true }],
        });
        var issuer = fleet.Issuer;
        var next = issuer.NextKey();
        await using var load = Load.Start(fleet, () => issuer.Token());
        await load.Goes(100);

        issuer.Wire!.Set(WireMode.BlackHole);
        foreach (var replica in fleet.Replicas)
            await replica.Becomes(health => (string)health.Issuer("corp")["state"]! == "Stale", "the issuer's keys are stale");
        issuer.Publish(issuer.First, next);
        foreach (var replica in fleet.Replicas) await replica.IsUnavailable(issuer.Token(next));
        await load.Goes(200);

        issuer.Wire.Set(WireMode.Pass);
        await fleet.BecomesReady();
        foreach (var replica in fleet.Replicas)
            await Poll.Until(async () => (await replica.Get(issuer.Token(next))).StatusCode == HttpStatusCode.OK, what: "the new key's tokens pass");
        await load.Goes(50);
        (await load.StopAsync()).AllPassed(350);
    }
}

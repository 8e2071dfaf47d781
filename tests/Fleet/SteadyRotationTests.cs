using Xunit.Abstractions;

namespace Sallyport.Tests.Fleet;

[Collection(Fleets.Name)]
public sealed class SteadyRotationTests(ITestOutputHelper output)
{
    private const int Rotations = 60;

    // Seconds, as it rotates: as long as a token may be on its way.
    private const int KeptKeys = 30;

    [Fact]
    [Trait("Acceptance", "D3")]
    public async Task An_issuer_that_rotates_every_second_for_a_minute_is_followed_with_one_fetch_a_rotation_and_no_good_token_is_refused()
    {
        await using var fleet = await GatewayFleet.StartAsync();
        var issuer = fleet.Issuer;
        await using var load = Load.Start(fleet, () => issuer.Token(issuer.Newest));
        await load.Goes();
        var before = issuer.Fetches;

        using var pace = new PeriodicTimer(TimeSpan.FromSeconds(1));
        for (var rotation = 0; rotation < Rotations; rotation++)
        {
            issuer.Rotate(KeptKeys, rotation % 3 == 2 ? "EdDSA" : "ES256");
            await pace.WaitForNextTickAsync();
        }

        var fetches = issuer.Fetches - before;
        var tally = await load.StopAsync();
        output.WriteLine($"{tally}; {fetches} fetches for {Rotations} rotations");
        tally.AllPassed(Rotations);
        // Fewer where the machine was so busy that a key came and went without a request; each that signed one was fetched, or it had not passed.
        Assert.InRange(fetches, 1, Rotations + 10);
    }
}

using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Sallyport.Tests.Fleet;
using Sallyport.Tests.Support;
using Xunit.Abstractions;

namespace Sallyport.Tests.Ring;

/// <summary>Three processes issue with one ring, two others verify by their JWK Sets over HTTP, and the ring rotates.</summary>
[Collection(Fleets.Name)]
public sealed class RotationUnderLoadTests(ITestOutputHelper output)
{
    [Fact]
    [Trait("Acceptance", "C5")]
    public async Task No_good_token_is_refused_through_rotations_under_load()
    {
        const int life = 12;
        await using var issuers = await IssuingFleet.StartAsync(3, IssuingFleet.Quick(life));
        // Each of the verifiers asks another one of them; they share what they fetch.
        var addresses = new Queue<string>(issuers.Replicas.Select(replica => new Uri(replica.Client.BaseAddress!, "/.well-known/jwks.json").AbsoluteUri));
        await using var verifiers = await GatewayFleet.StartAsync(new FleetPlan
        {
            Replicas = 2,
            EditEach = (number, json) => json["Sallyport"]!["TrustedIssuers"]!["gateway"] = new JsonObject
            {
                ["Issuer"] = IssuingFleet.Issuer,
                ["Audiences"] = new JsonArray(IssuingFleet.Audience),
                ["Keys"] = new JsonObject { ["JwksUri"] = addresses.ElementAt(number) },
            },
        });

        var token = 0;
        var fresh = new ConcurrentQueue<string>();
        var kids = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        using var end = new CancellationTokenSource();
        fresh.Enqueue(await issuers.Token(issuers.Replicas[0]));
        var minting = Mint();
        await using (var load = Load.Start(verifiers, () => Newest(fresh), perSecond: 150))
        {
            await Poll.Until(() => kids.Count > 3, TimeSpan.FromSeconds(5 * life), "three rotations have come and gone");
            await load.Goes(200);
            await end.CancelAsync();
            await minting;
            var tally = await load.StopAsync();
            output.WriteLine($"{tally}; {token} tokens of {kids.Count} keys");
            tally.AllPassed(200);
        }

        // The twin: what no key of the ring signed is refused.
        var forged = TokenForge.Token(TestKey.New("ES256"), Claims(), kids.Keys.First(), "at+jwt");
        foreach (var verifier in verifiers.Replicas)
        {
            using var answer = await verifier.Get(forged);
            Assert.Equal(401, (int)answer.StatusCode);
        }

        async Task Mint()
        {
            while (!end.IsCancellationRequested)
            {
                var minted = await issuers.Token(issuers.Replicas[token++ % 3]);
                kids.TryAdd(IssuingFleet.KidOf(minted), 0);
                fresh.Enqueue(minted);
                while (fresh.Count > 3) fresh.TryDequeue(out _);
                await Task.Delay(20);
            }
        }
    }

    private static string Newest(ConcurrentQueue<string> fresh) => fresh.Last();

    private static JsonObject Claims()
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        return new JsonObject { ["iss"] = IssuingFleet.Issuer, ["aud"] = IssuingFleet.Audience, ["sub"] = IssuingFleet.Client, ["iat"] = now, ["exp"] = now + 60, ["jti"] = "j" };
    }
}

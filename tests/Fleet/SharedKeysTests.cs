using System.Net;
using System.Security.Cryptography;
using System.Text;
using Sallyport.Tests.Support;
using Xunit.Abstractions;

namespace Sallyport.Tests.Fleet;

/// <summary>Three gateways that share one Redis behave as one towards an issuer.</summary>
[Collection(Fleets.Name)]
public sealed class SharedKeysTests(SharedFleet shared, ITestOutputHelper output)
{
    private readonly GatewayFleet _fleet = shared.Fleet;

    [Fact]
    [Trait("Acceptance", "D5")]
    public void A_fleet_that_starts_asks_each_issuer_once() => Assert.All(shared.FetchesAtStart, fetches => Assert.Equal(1, fetches));

    [Fact]
    [Trait("Acceptance", "D2")]
    public async Task Keys_that_came_by_way_of_redis_are_bound_to_their_algorithm_too()
    {
        var issuer = _fleet["confused"];
        await _fleet.Accepts(issuer.Token());
        var claims = issuer.Claims().ToJsonString();
        await _fleet.Refuses(issuer.First.Key.Sign("""{"alg":"RS256","kid":"k1","typ":"JWT"}""", claims), "algorithm_mismatch");
        await _fleet.Refuses(issuer.First.Key.Sign("""{"alg":"none","kid":"k1","typ":"JWT"}""", claims), "algorithm_none");
        foreach (var alg in new[] { "HS256", "ES384" })
            await _fleet.Refuses(issuer.First.Key.Sign($$"""{"alg":"{{alg}}","kid":"k1","typ":"JWT"}""", claims), "algorithm_not_allowed");

        var ecdsa = issuer.First.Key.Ecdsa;
        byte[][] secrets =
        [
            Encoding.UTF8.GetBytes(ecdsa.ExportSubjectPublicKeyInfoPem()), ecdsa.ExportSubjectPublicKeyInfo(), Encoding.UTF8.GetBytes(issuer.First.Jwk.ToJsonString()),
        ];
        foreach (var secret in secrets)
        {
            var input = TokenForge.Encode("""{"alg":"HS256","kid":"k1","typ":"JWT"}""") + "." + TokenForge.Encode(claims);
            var mac = HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(input));
            await _fleet.Refuses(input + "." + System.Buffers.Text.Base64Url.EncodeToString(mac), "algorithm_not_allowed");
        }
    }

    [Fact]
    [Trait("Acceptance", "D3")]
    public async Task The_first_token_of_a_new_key_passes_at_whichever_gateway_and_then_at_all_with_one_fetch_per_rotation()
    {
        var issuer = _fleet["rotates"];
        var before = issuer.Fetches;
        for (var rotation = 0; rotation < 6; rotation++)
        {
            var next = issuer.NextKey(rotation % 2 == 0 ? "ES256" : "EdDSA");
            issuer.Publish(next);
            for (var turn = 0; turn < 3; turn++) await _fleet.Replicas[(rotation + turn) % 3].Accepts(issuer.Token(next));
            Assert.Equal(before + rotation + 1, issuer.Fetches);
        }

        await _fleet.Refuses(issuer.Token(), "kid_unknown");
    }

    [Fact]
    [Trait("Acceptance", "D3")]
    public async Task Three_hundred_first_tokens_of_a_new_key_at_once_at_all_gateways_pass_with_one_fetch()
    {
        var issuer = _fleet["rushes"];
        for (var rotation = 0; rotation < 3; rotation++)
        {
            var (before, next) = (issuer.Fetches, issuer.NextKey());
            issuer.Publish(next);
            await Task.WhenAll(Enumerable.Range(0, 300).Select(i => _fleet.Replicas[i % 3].Accepts(issuer.Token(next))));
            Assert.Equal(before + 1, issuer.Fetches);
        }
    }

    [Fact]
    [Trait("Acceptance", "D4")]
    public async Task A_thousand_random_kids_at_three_gateways_make_one_fetch_and_known_kids_wait_for_none_of_it()
    {
        var issuer = _fleet["flooded"];
        var before = issuer.Fetches;
        LoadTally quiet;
        await using (var load = Load.OfKnownTokens(_fleet, issuer))
        {
            await load.Goes(300);
            quiet = await load.StopAsync();
        }

        var (latch, watch) = (new Latch(), System.Diagnostics.Stopwatch.StartNew());
        issuer.Server.Jwks.Fault = Faults.Held(latch);
        await using var known = Load.OfKnownTokens(_fleet, issuer);
        var first = Enumerable.Range(0, 60).Select(i => _fleet.Replicas[i % 3].Refuses(Random(issuer), "kid_unknown")).ToArray();
        await Poll.Until(() => latch.Arrived == 1);
        // The fetch is held, and all of these pass.
        await known.Goes(150);
        latch.Open();
        await Task.WhenAll(first);
        await Parallel.ForAsync(first.Length, 1_000, new ParallelOptions { MaxDegreeOfParallelism = 24 }, async (i, _) =>
            await _fleet.Replicas[i % 3].Refuses(Random(issuer), "kid_unknown"));

        var meanwhile = await known.StopAsync();
        output.WriteLine($"quiet:     {quiet}");
        output.WriteLine($"meanwhile: {meanwhile}");
        quiet.AllPassed(300);
        meanwhile.AllPassed(150);
        // One, unless the machine was so busy that the flood outlasted the cooldown.
        Assert.InRange(issuer.Fetches - before, 1, 1 + (int)(watch.Elapsed / issuer.Plan.Cooldown));
    }

    [Fact]
    [Trait("Acceptance", "D7")]
    public async Task A_withdrawn_key_is_refused_by_all_gateways_once_one_of_them_has_fetched_without_it_cached_verdicts_included()
    {
        var issuer = _fleet["withdraws"];
        var (stays, comes) = (issuer.NextKey(), issuer.NextKey());
        issuer.Publish(issuer.First, stays);
        var (leaving, staying) = (issuer.Token(), issuer.Token(stays));
        for (var again = 0; again < 2; again++)
        {
            await _fleet.Accepts(staying);
            await _fleet.Accepts(leaving);
        }

        issuer.Publish(stays, comes);
        await _fleet.Accepts(leaving);
        var before = issuer.Fetches;
        await _fleet.Replicas[0].Accepts(issuer.Token(comes));
        Assert.Equal(before + 1, issuer.Fetches);
        await _fleet.Replicas[0].Refuses(leaving, "kid_unknown");
        foreach (var replica in _fleet.Replicas)
        {
            await Poll.Until(async () => (await replica.Get(leaving)).StatusCode == HttpStatusCode.Unauthorized, what: $"replica {replica.Number} refuses what was withdrawn");
            await replica.Refuses(leaving, "kid_unknown");
            await replica.Accepts(staying);
        }

        // What the tokens of no key asked for; the others learned of the withdrawal without asking the issuer.
        Assert.InRange(issuer.Fetches, before + 1, before + 2);
    }

    [Fact]
    public async Task A_refresh_that_an_operator_asks_for_reaches_all_gateways_and_keeps_to_the_cooldown_unless_it_is_forced()
    {
        var issuer = _fleet["told"];
        var (second, third) = (issuer.NextKey(), issuer.NextKey());
        var leaving = issuer.Token();
        await _fleet.Accepts(leaving);
        var before = issuer.Fetches;
        issuer.Publish(second);
        await Refresh(isDone: true);
        Assert.Equal(before + 1, issuer.Fetches);
        foreach (var replica in _fleet.Replicas)
            await Poll.Until(async () => (await replica.Get(leaving)).StatusCode == HttpStatusCode.Unauthorized, what: $"replica {replica.Number} knows what was fetched");
        await _fleet.Accepts(issuer.Token(second));

        // What was withdrawn was looked for, in vain.
        Assert.Equal(before + 2, issuer.Fetches);
        issuer.Publish(second, third);
        await Refresh(isDone: false);
        await Refresh(isDone: true, "--force");
        await _fleet.Accepts(issuer.Token(third));
        Assert.Equal(before + 3, issuer.Fetches);

        async Task Refresh(bool isDone, params string[] options)
        {
            var result = await _fleet.Verb(["jwks", "refresh", issuer.Plan.Name, .. options]);
            Assert.True(isDone == (result.ExitCode == 0), $"{result}");
        }
    }

    private static string Random(FleetIssuer issuer) => issuer.Token(issuer.First with { Kid = Guid.NewGuid().ToString() });
}

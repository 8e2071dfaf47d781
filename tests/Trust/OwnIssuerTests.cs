using System.Net;
using System.Net.WebSockets;
using Microsoft.Extensions.DependencyInjection;
using Sallyport.Gateway.Telemetry;
using Sallyport.Gateway.Tokens;
using Sallyport.Gateway.Trust;
using Sallyport.Gateway.Verification;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Trust;

/// <summary>The gateway that trusts itself.</summary>
public sealed class OwnIssuerTests : IDisposable
{
    private static readonly Algorithm Es256 = Algorithm.Find("ES256")!;

    private readonly GatewayMetrics _metrics = new();
    private readonly FakeClock _clock = new();

    [Fact]
    public async Task Our_own_access_token_passes()
    {
        await using var house = await InnerDoor.OpenAsync();
        Assert.Equal(HttpStatusCode.OK, (await house.Get("/any", await house.OwnTokenAsync())).StatusCode);
        Assert.Equal("own", house.Upstream.Requests[^1].Header("X-Auth-Issuer-Name"));
        Assert.Equal((401, "type_not_allowed"), await House.Problem(await house.Get("/any", await house.OwnTokenAsync(token => token.Type = "JWT"))));
        Assert.Equal((401, "type_not_allowed"), await House.Problem(await house.Get("/any", await house.OwnTokenAsync(token => token.Type = "audit+jws"))));
    }

    [Fact]
    [Trait("Acceptance", "C8")]
    [Trait("Acceptance", "D7")]
    public async Task A_revoked_key_is_refused_at_once_cached_verdicts_and_open_connections_included()
    {
        await using var house = await InnerDoor.OpenAsync(json => json["ReverseProxy"]!["Routes"]!["any"]!["Match"]!["Path"] = "/ws");
        var old = await house.OwnTokenAsync();
        using var socket = await Connect(house, old);
        using var others = await Connect(house, house.Token());
        Assert.True(Recalls(house, old));

        await house.ReplaceKeyAsync();

        Assert.False(Recalls(house, old));
        Assert.Equal((401, "kid_unknown"), await House.Problem(await house.Get("/ws", old)));
        var buffer = new byte[16];
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ReceiveAsync(buffer, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Equal(HttpStatusCode.UpgradeRequired, (await house.Get("/ws", await house.OwnTokenAsync())).StatusCode);
        Assert.Equal(WebSocketState.Open, others.State);
    }

    [Fact]
    [Trait("Acceptance", "A3")]
    public async Task A_token_by_a_key_that_the_other_replica_made_a_moment_ago_passes_at_this_one()
    {
        var folder = Directory.CreateTempSubdirectory("sallyport-own-").FullName;
        try
        {
            // Neither looks by itself within the test.
            await using var one = await InnerDoor.OpenAsync(json => json["Sallyport"]!["Issuer"]!["Keys"] = SharedRing.InDirectory(folder));
            await using var other = await InnerDoor.OpenAsync(json => json["Sallyport"]!["Issuer"]!["Keys"] = SharedRing.InDirectory(folder));
            var old = await one.OwnTokenAsync();
            Assert.Equal(HttpStatusCode.OK, (await other.Get("/any", old)).StatusCode);

            await one.ReplaceKeyAsync();
            var fresh = await one.OwnTokenAsync();
            Assert.NotEqual(InnerDoor.KidOf(old), InnerDoor.KidOf(fresh));
            Assert.DoesNotContain(other.Keys().Current!.Published.Keys, key => key.KeyId == InnerDoor.KidOf(fresh));
            Assert.Equal(HttpStatusCode.OK, (await other.Get("/any", fresh)).StatusCode);
            // With the new key it learnt what became of the old one.
            Assert.Equal((401, "kid_unknown"), await House.Problem(await other.Get("/any", old)));
            Assert.Equal((401, "kid_unknown"), await House.Problem(await other.Get("/any", TokenForge.Token(TestKey.New("ES256"), Claims(), "random", "at+jwt"))));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_ring_that_changes_otherwise_keeps_every_cached_verdict()
    {
        await using var house = await InnerDoor.OpenAsync();
        var token = await house.OwnTokenAsync();
        await house.Get("/any", token);
        await house.StopRotationAsync();
        var ring = house.Keys().Current!;

        house.Keys().Publish(ring with { Epoch = ring.Epoch + 1, Published = JwkSet.Of(ring.Published.Keys) });
        Assert.True(Recalls(house, token));
        house.Keys().Publish(ring with { Epoch = ring.Epoch + 2, Published = JwkSet.Of([.. ring.Published.Keys, Key().Key]) });
        Assert.True(Recalls(house, token));
    }

    [Fact]
    public async Task A_token_by_a_key_that_another_replica_just_made_passes_after_one_look()
    {
        var (kid, key) = Key();
        var (looks, published) = (0, JwkSet.Of(Key().Key));
        OwnPublicKeys own = null!;
        own = Own(() => published, _ =>
        {
            looks++;
            published = JwkSet.Of([.. published.Keys, key]);
            own.Changed();
            return Task.CompletedTask;
        });
        var issuer = Issuer(own);

        var found = await issuer.FindAsync(kid, Es256, null, default);
        Assert.Same(key, found.Key);
        Assert.Equal(1, looks);
        var again = issuer.FindAsync(kid, Es256, null, default).AsTask();
        Assert.True(again.IsCompletedSuccessfully);
        Assert.Equal(1, looks);
    }

    [Fact]
    public async Task A_thousand_random_kids_make_one_look_and_one_more_after_the_interval()
    {
        var looks = 0;
        var known = Key();
        var own = Own(() => JwkSet.Of(known.Key), _ =>
        {
            Interlocked.Increment(ref looks);
            return Task.CompletedTask;
        });
        var issuer = Issuer(own);
        await issuer.FindAsync("first", Es256, null, default);
        Assert.Equal(1, looks);

        var waiting = Enumerable.Range(0, 1000).Select(i => issuer.FindAsync($"random{i}", Es256, null, default).AsTask()).ToArray();
        // Whoever comes with a key that is known waits for nothing.
        Assert.Same(known.Key, (await issuer.FindAsync(known.Kid, Es256, null, default)).Key);
        await Poll.Until(() => _clock.ArmedTimers > 0);
        Assert.Equal(1, looks);
        _clock.Advance(OwnPublicKeys.Interval);
        var lookups = await Task.WhenAll(waiting);

        Assert.All(lookups, lookup => Assert.Equal("kid_unknown", lookup.Fault?.Code));
        Assert.Equal(2, looks);
    }

    [Fact]
    [Trait("Acceptance", "A7")]
    public async Task A_kid_that_cannot_be_looked_for_is_an_outage_and_no_bad_token()
    {
        var known = Key();
        var isAway = true;
        var own = Own(() => JwkSet.Of(known.Key), _ => isAway ? Task.FromException(new IOException("away")) : Task.CompletedTask);
        var issuer = Issuer(own);
        await Assert.ThrowsAsync<KeysUnavailableException>(() => issuer.FindAsync("new", Es256, null, default).AsTask());
        Assert.Same(known.Key, (await issuer.FindAsync(known.Kid, Es256, null, default)).Key);

        isAway = false;
        _clock.Advance(OwnPublicKeys.Interval);
        Assert.Equal("kid_unknown", (await issuer.FindAsync("new", Es256, null, default)).Fault?.Code);
    }

    [Fact]
    public async Task A_look_that_hangs_is_waited_for_no_longer_than_it_may_take()
    {
        var own = Own(() => JwkSet.Of(Key().Key), cancellation => Task.Delay(Timeout.Infinite, cancellation));
        var pending = Issuer(own).FindAsync("new", Es256, null, default).AsTask();
        await Poll.Until(() => _clock.ArmedTimers > 0);
        Assert.False(pending.IsCompleted);
        _clock.Advance(OwnPublicKeys.Patience);
        await Assert.ThrowsAsync<KeysUnavailableException>(() => pending.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    [Trait("Acceptance", "A7")]
    public async Task Before_the_first_ring_nothing_passes()
    {
        var known = Key();
        JwkSet? ring = null;
        foreach (var look in new Func<CancellationToken, Task>?[] { null, _ => Task.CompletedTask })
        {
            ring = null;
            var own = Own(() => ring, look);
            var issuer = Issuer(own);
            Assert.NotNull(issuer.Unusable);
            await Assert.ThrowsAsync<KeysUnavailableException>(() => issuer.FindAsync(known.Kid, Es256, null, default).AsTask());

            ring = JwkSet.Of(known.Key);
            own.Changed();
            Assert.Null(issuer.Unusable);
            Assert.Same(known.Key, (await issuer.FindAsync(known.Kid, Es256, null, default)).Key);
        }
    }

    public void Dispose() => _metrics.Dispose();

    private static (string Kid, Jwk Key) Key()
    {
        var kid = Guid.NewGuid().ToString();
        return (kid, Jwk.FromEc(TestKey.New("ES256").Ecdsa.ExportParameters(includePrivateParameters: false), kid, Es256));
    }

    private static System.Text.Json.Nodes.JsonObject Claims() => new() { ["iss"] = InnerDoor.Issuer, ["sub"] = "a", ["aud"] = "gateway", ["exp"] = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + 60 };

    private static bool Recalls(House house, string token) => house.Gateway.Services.GetRequiredService<TokenVerifier>()
        .TryRecall(TokenDigest.Of(token), house.Gateway.Services.GetRequiredService<TrustedIssuers>().Current, out _);

    private static async Task<ClientWebSocket> Connect(House house, string token)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", "Bearer " + token);
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false }, disposeHandler: false);
        await socket.ConnectAsync(new Uri(house.Gateway.Url.Replace("http", "ws", StringComparison.Ordinal) + "/ws"), invoker, CancellationToken.None);
        return socket;
    }

    private OwnPublicKeys Own(Func<JwkSet?> read, Func<CancellationToken, Task>? look)
    {
        var own = new OwnPublicKeys(read, look, isEphemeral: false, _clock);
        own.Changed();
        return own;
    }

    private OwnIssuerKeys Issuer(OwnPublicKeys own) => new(
        new TrustedIssuerOptions { Name = "own", Issuer = "https://gateway.example.com", Audiences = ["gateway"], Keys = new() { Kind = KeySourceKind.Own } }, [Es256], own, _metrics);
}

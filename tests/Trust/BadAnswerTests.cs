using Sallyport.Tests.Support;

namespace Sallyport.Tests.Trust;

[Trait("Acceptance", "D10")]
public sealed class BadAnswerTests
{
    private const int MaxBytes = 4096;

    public static TheoryData<string> Answers =>
    [
        "empty body", "empty set", "no usable key", "malformed", "half", "no keys member", "keys twice", "not UTF-8", "HTML", "oversized", "endless",
        "too many keys", "slow", "silent", "status 500", "status 204", "status 404", "reset", "reset halfway", "redirect nowhere",
    ];

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task A_bad_answer_leaves_the_previous_set_in_place_and_a_good_one_replaces_it(string answer)
    {
        await using var cache = await KeyCache.OverAsync(keys => keys with { MaxBytes = MaxBytes, MaxKeys = 3, Timeout = TimeSpan.FromSeconds(IsTimedOut(answer) ? 5 : 30) });
        Assert.Equal("found", await cache.Find("k1"));
        var before = cache.Keys.Current;
        cache.Issuer.Jwks.Fault = Of(answer);
        cache.Clock.Advance(TimeSpan.FromSeconds(301));
        cache.Keys.RefreshIfDue();
        await Poll.Until(() => cache.Keys.LastFailure is not null);
        Assert.Equal("found", await cache.Find("k1"));
        Assert.Same(before, cache.Keys.Current);

        cache.Issuer.Jwks.Fault = null;
        cache.Issuer.Publish(KeyCache.Key("k2"), KeyCache.Key("k3"), KeyCache.Key("k4"));
        cache.Clock.Advance(TimeSpan.FromSeconds(31));
        await Poll.Until(() =>
        {
            // The fetch that failed may be just ending.
            cache.Keys.RefreshIfDue();
            return !ReferenceEquals(cache.Keys.Current, before);
        });
        Assert.Equal("found", await cache.Find("k4"));
        Assert.Null(cache.Keys.LastFailure);
    }

    [Fact]
    public async Task Behind_the_front_door_tokens_pass_on_through_an_answer_of_html()
    {
        var (key, clock) = (TestKey.New("ES256"), new FakeClock());
        await using var issuer = await IssuerServer.StartAsync(key.PublicJwk("k1"));
        await using var door = await Doorway.OpenAsync(issuer, clock: clock);
        await door.Warm(issuer);
        issuer.Jwks.Fault = Faults.Body("<html>Down for maintenance</html>", "text/html");
        clock.Advance(TimeSpan.FromSeconds(301));
        await Poll.Until(() => door.Gateway.Logs.Entries.Any(e => e.Message.Contains("failed (soft_expiry, malformed)")));
        await door.Accepts(door.Token(issuer, key, "k1"));
        await door.Refuses(door.Token(issuer, TestKey.New("ES256"), "k1"), "signature_invalid");
    }

    [Fact]
    public async Task A_document_of_exactly_the_limit_is_read_and_one_byte_more_is_not()
    {
        await using var cache = await KeyCache.OverAsync(keys => keys with { MaxBytes = MaxBytes });
        cache.Issuer.Jwks.Fault = Faults.Padded(cache.Issuer.JwksDocument(), MaxBytes);
        Assert.Equal("found", await cache.Find("k1"));
        var before = cache.Keys.Current;
        cache.Issuer.Jwks.Fault = Faults.Padded(cache.Issuer.JwksDocument(), MaxBytes + 1);
        cache.Clock.Advance(TimeSpan.FromSeconds(301));
        cache.Keys.RefreshIfDue();
        await Poll.Until(() => cache.Keys.LastFailure is not null);
        Assert.Same(before, cache.Keys.Current);
    }

    private static bool IsTimedOut(string answer) => answer is "slow" or "silent";

    private static Fault Of(string answer)
    {
        var key = KeyCache.Key("other").ToJsonString();
        return answer switch
        {
            "empty body" => Faults.Body(""),
            "empty set" => Faults.Body("""{"keys":[]}"""),
            "no usable key" => Faults.Body("""{"keys":[{"kty":"oct","k":"AAAA","kid":"other"}]}"""),
            "malformed" => Faults.Body("""{"keys":[}"""),
            "half" => Faults.Body($$"""{"keys":[{{key}}"""),
            "no keys member" => Faults.Body(key),
            "keys twice" => Faults.Body($$"""{"keys":[{{key}}],"keys":[{{key}}]}"""),
            "not UTF-8" => async (context, _) =>
            {
                byte[] latin1 = [.. "{\"keys\":["u8, .. System.Text.Encoding.UTF8.GetBytes(key), .. "],\"name\":\""u8, 0xE9, .. "\"}"u8];
                await context.Response.Body.WriteAsync(latin1);
            },
            "HTML" => Faults.Body("<html><body>Sign in</body></html>", "text/html"),
            "oversized" => Faults.Padded($$"""{"keys":[{{key}}]}""", MaxBytes * 2),
            "endless" => Faults.Endless(),
            "too many keys" => Faults.Body(TokenForge.Set([.. Enumerable.Range(0, 4).Select(i => KeyCache.Key($"many {i}"))]).ToJsonString()),
            "slow" => Faults.Drip($$"""{"keys":[{{key}}]}""", TimeSpan.FromMilliseconds(50)),
            "silent" => Faults.Held(new Latch()),
            "reset" => Faults.Reset(),
            "reset halfway" => Faults.ResetHalfway($$"""{"keys":[{{key}}]}"""),
            "redirect nowhere" => Faults.Redirect("http://[nowhere/"),
            _ => Faults.Status(int.Parse(answer["status ".Length..])),
        };
    }
}

using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Sallyport.Gateway.Redis;
using Sallyport.Gateway.Secrets;
using Sallyport.Gateway.Telemetry;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Redis;

public sealed class RedisConnectionTests : IAsyncDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    private readonly GatewayMetrics _metrics = new();
    private readonly LogSink _logs = new();
    private readonly ILoggerFactory _loggers;

    public RedisConnectionTests() => _loggers = LoggerFactory.Create(logging => logging.AddProvider(_logs));

    public ValueTask DisposeAsync()
    {
        _loggers.Dispose();
        _metrics.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task It_is_there_when_started_and_answers()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = await Connected(server.Address);

        Assert.True(redis.IsThere);
        Assert.Null(redis.Problem);
        Assert.Equal("1", (string?)await redis.RunAsync("test", Long, database => database.ScriptEvaluateAsync("return '1'")));
    }

    [Fact]
    public async Task Away_at_the_start_it_is_found_later()
    {
        await using var server = await RedisServer.StartAsync();
        await server.Kill();
        await using var redis = await Connected(server.Address);
        Assert.False(redis.IsThere);
        Assert.StartsWith("Redis is away: ", redis.Problem, StringComparison.Ordinal);
        await Assert.ThrowsAsync<RedisAwayException>(() => redis.RunAsync("test", Long, database => database.PingAsync()));

        await server.StartAgain();
        await Poll.Until(() => redis.IsThere, Long);
        await redis.RunAsync("test", Long, database => database.PingAsync());
        Assert.Null(redis.Problem);
    }

    [Fact]
    public async Task A_frozen_one_holds_nobody_longer_than_the_bound_and_then_nobody_at_all()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = await Connected(server.Address);
        var epoch = redis.Epoch;

        server.Freeze();
        var waited = Stopwatch.StartNew();
        await Assert.ThrowsAsync<RedisAwayException>(() => redis.RunAsync("test", TimeSpan.FromMilliseconds(50), database => database.PingAsync()));
        // Less than what the client itself would wait, which is 5 s.
        Assert.InRange(waited.Elapsed, TimeSpan.FromMilliseconds(45), TimeSpan.FromSeconds(4.5));
        await Poll.Until(() => !redis.IsThere, Long);

        server.Thaw();
        await Poll.Until(() => redis.IsThere, Long);
        Assert.NotEqual(epoch, redis.Epoch);
    }

    [Fact]
    public async Task Messages_arrive_and_do_so_again_after_a_restart()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = await Connected(server.Address);
        var heard = new List<string>();
        redis.Listen("channel", message =>
        {
            lock (heard) heard.Add(message);
        });

        Assert.True(await Hears("one"));
        await server.Kill();
        await Poll.Until(() => !redis.IsThere, Long);
        await server.StartAgain();
        await Poll.Until(() => redis.IsThere, Long);
        Assert.True(await Hears("two"));
        Assert.Throws<InvalidOperationException>(() => redis.Listen("channel", _ => { }));

        async Task<bool> Hears(string message)
        {
            await server.Command($"PUBLISH other:channel not-{message}");
            await Poll.Until(
                async () =>
                {
                    // Until it listens, nobody hears.
                    await server.Command($"PUBLISH sallyport:channel {message}");
                    lock (heard) return heard.Contains(message);
                },
                Long);
            lock (heard) return !heard.Exists(other => other.StartsWith("not-", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task An_interruption_that_healed_by_itself_shows_in_the_epoch()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = await Connected(server.Address);
        redis.Listen("channel", _ => { });
        await Poll.Until(async () => await server.Command("PUBLISH sallyport:channel x") == ":1", Long);
        var epoch = redis.Epoch;

        Assert.Equal(":1", await server.Command("CLIENT KILL TYPE pubsub"));
        await Poll.Until(() => redis.Epoch != epoch && redis.IsThere, Long);
    }

    [Fact]
    public async Task A_refusal_is_named_by_its_code_and_forgotten_when_it_ends()
    {
        await using var server = await RedisServer.StartAsync();
        await server.Command("ACL SETUSER gateway on >open-sesame ~sallyport:* &sallyport:* +@all -eval -evalsha");
        await using var redis = await Connected($"{server.Address},user=gateway,password=open-sesame");
        Assert.True(redis.IsThere);

        var away = await Assert.ThrowsAsync<RedisAwayException>(() => redis.RunAsync("test", Long, database => database.ScriptEvaluateAsync("return 1")));
        Assert.Contains("NOPERM", away.Message, StringComparison.Ordinal);
        Assert.Equal("Redis refuses test: NOPERM", redis.Problem);
        Assert.True(redis.IsThere);

        await server.Command("ACL SETUSER gateway +eval +evalsha");
        await redis.RunAsync("test", Long, database => database.ScriptEvaluateAsync("return 1"));
        Assert.Null(redis.Problem);
    }

    [Fact]
    public async Task A_wrong_password_is_an_outage_and_never_said_aloud()
    {
        await using var server = await RedisServer.StartAsync();
        await server.Command("ACL SETUSER gateway on >open-sesame ~* &* +@all");
        await using (var right = await Connected($"{server.Address},user=gateway,password=open-sesame"))
            Assert.True(right.IsThere);
        // Otherwise a client goes on as nobody in particular.
        await server.Command("ACL SETUSER default off");

        await using var wrong = await Connected($"{server.Address},user=gateway,password=close-sesame");
        Assert.False(wrong.IsThere);
        Assert.DoesNotContain("sesame", wrong.Problem, StringComparison.Ordinal);
        Assert.DoesNotContain(_logs.Entries, entry => entry.Message.Contains("sesame", StringComparison.Ordinal));
        Assert.DoesNotContain("sesame", Options("x,password=open-sesame").ToString(), StringComparison.Ordinal);
    }

    private static RedisOptions Options(string configuration) => new() { Configuration = configuration, MacKeys = [new SecretSource("unused", null)] };

    private async Task<RedisConnection> Connected(string configuration)
    {
        var redis = new RedisConnection(Options(configuration), _metrics, _loggers.CreateLogger<RedisConnection>());
        await redis.StartAsync(CancellationToken.None);
        return redis;
    }
}

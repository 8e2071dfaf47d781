using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Sallyport.Gateway.Audit;
using Sallyport.Gateway.Redis;
using Sallyport.Gateway.Secrets;
using Sallyport.Gateway.Telemetry;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Audit;

/// <summary>The trail that replicas share, in a real Redis.</summary>
public sealed class RedisTrailTests : IAsyncLifetime
{
    private readonly List<RedisConnection> _connections = [];
    private readonly GatewayMetrics _metrics = new();
    private RedisServer _redis = null!;

    public async Task InitializeAsync() => _redis = await RedisServer.StartAsync();

    [Fact]
    public async Task Three_replicas_at_once_make_one_chain()
    {
        var writers = new List<TrailWriter>();
        for (var i = 0; i < 3; i++) writers.Add(new TrailWriter(await OpenAsync(), NullLogger<TrailWriter>.Instance));
        await Task.WhenAll(writers.SelectMany((writer, i) => Enumerable.Range(0, 60).Select(j => writer.AppendAsync(TrailFolder.Record($"{i}-{j}"), default))));
        foreach (var writer in writers) await writer.DisposeAsync();

        var records = await RecordsAsync();
        Assert.Equal(181, records.Count);
        Assert.Single(records, record => record.Event == AuditEvent.TrailStarted);
        Assert.Equal(180, records.Select(record => record.TokenId).OfType<string>().Distinct().Count());
    }

    [Fact]
    [Trait("Acceptance", "B7")]
    public async Task Without_Redis_nothing_is_recorded_and_it_does_not_take_long_to_say_so()
    {
        var trail = await OpenAsync();
        await AppendAsync(trail, "one");
        await _redis.Kill();
        await Assert.ThrowsAsync<AuditUnavailableException>(() => AppendAsync(trail, "two"));
    }

    [Fact]
    public async Task An_answer_that_was_lost_is_looked_for_in_the_trail_itself()
    {
        var trail = await OpenAsync();
        await AppendAsync(trail, "one");
        // Frozen for longer than one answer is waited for, and thawed before the record is given up: what was sent is done then.
        var thawed = Task.CompletedTask;
        await trail.AppendAsync(
            _ =>
            {
                if (!thawed.IsCompleted) return [TrailFolder.Record("two")];
                _redis.Freeze();
                thawed = Task.Delay(TimeSpan.FromSeconds(2.2)).ContinueWith(_ => _redis.Thaw(), TaskScheduler.Default);
                return [TrailFolder.Record("two")];
            },
            default);
        await thawed;
        await AppendAsync(trail, "three");
        Assert.Equal(["one", "two", "three"], (await RecordsAsync()).Select(record => record.TokenId).OfType<string>());
    }

    [Fact]
    public async Task What_Redis_has_lost_is_told_in_the_trail_that_goes_on()
    {
        var (one, two) = (await OpenAsync(), await OpenAsync());
        await AppendAsync(one, "one");
        await AppendAsync(two, "two");
        await _redis.Command("FLUSHALL");

        await AppendAsync(one, "three");

        Assert.Equal([AuditEvent.TrailStarted, AuditEvent.TrailCut, AuditEvent.TokenMinted], (await RecordsAsync()).Select(record => record.Event));
        await AppendAsync(two, "four");
        Assert.Equal(["three", "four"], (await RecordsAsync()).Select(record => record.TokenId).OfType<string>());
    }

    [Theory]
    [InlineData("DEL sallyport:{audit}:trail")]
    [InlineData("DEL sallyport:{audit}:head")]
    [InlineData("SET sallyport:{audit}:head 7.x.y")]
    [InlineData("XADD sallyport:{audit}:trail * line {}")]
    public async Task A_trail_that_does_not_end_where_its_head_says_takes_nothing(string damage)
    {
        await AppendAsync(await OpenAsync(), "one");
        await AppendAsync(await OpenAsync(), "two");
        await _redis.Command(damage);
        var trail = await OpenAsync();
        await Assert.ThrowsAsync<AuditUnavailableException>(() => AppendAsync(trail, "three"));
    }

    [Fact]
    public async Task How_durable_it_is_is_told()
    {
        var trail = await OpenAsync();
        await AppendAsync(trail, "one");
        Assert.Contains("appendonly no", trail.Durability, StringComparison.Ordinal);

        await _redis.Command("CONFIG SET appendonly yes");
        await _redis.Command("CONFIG SET appendfsync everysec");
        trail = await OpenAsync();
        await AppendAsync(trail, "two");
        Assert.Contains("everysec", trail.Durability, StringComparison.Ordinal);

        await _redis.Command("CONFIG SET appendfsync always");
        trail = await OpenAsync();
        await AppendAsync(trail, "three");
        Assert.Null(trail.Durability);
    }

    [Fact]
    public async Task Checkpoints_stand_in_a_stream_of_their_own_too()
    {
        var trail = await OpenAsync();
        await AppendAsync(trail, "one");
        var payload = System.Buffers.Text.Base64Url.EncodeToString("""{"count":2}"""u8);
        var head = await trail.AppendAsync(end => end.Covered >= 2 ? [] : [new AuditRecord { Event = AuditEvent.Checkpoint, Time = DateTimeOffset.UnixEpoch, Checkpoint = $"e30.{payload}.e30" }], default);
        Assert.Equal((2, true), (head.Covered, head.IsSettled));
        var other = await OpenAsync();
        head = await other.AppendAsync(_ => [], default);
        Assert.Equal((3, 2, true), (head.Count, head.Covered, head.IsSettled));
        Assert.Equal((3L, $"e30.{payload}.e30"), Assert.Single(await other.ReadCheckpointsAsync(1)));
    }

    public async Task DisposeAsync()
    {
        foreach (var connection in _connections) await connection.DisposeAsync();
        await _redis.DisposeAsync();
        _metrics.Dispose();
    }

    private static Task<TrailHead> AppendAsync(RedisTrail trail, string name) => trail.AppendAsync(_ => [TrailFolder.Record(name)], default);

    private async Task<RedisTrail> OpenAsync()
    {
        var connection = new RedisConnection(new RedisOptions { Configuration = _redis.Address, MacKeys = [new SecretSource("unused", null)] }, _metrics, NullLogger<RedisConnection>.Instance);
        _connections.Add(connection);
        await connection.StartAsync(default);
        await Poll.Until(() => connection.IsThere, TimeSpan.FromSeconds(20));
        return new RedisTrail(connection, "https://gateway.example.com", TimeProvider.System);
    }

    /// <summary>All lines, as another process reads them; fails if they are no chain.</summary>
    private async Task<List<AuditRecord>> RecordsAsync()
    {
        var trail = await OpenAsync();
        var records = new List<AuditRecord>();
        var head = TrailHead.Empty;
        while (await trail.ReadLinesAsync(head.Count + 1) is { Count: > 0 } lines)
        {
            foreach (var line in lines)
            {
                var next = head.Next(line);
                Assert.True(next is not null, Encoding.UTF8.GetString(line));
                head = next;
                records.Add(TrailLine.Read(line)!.Record);
            }
        }

        return records;
    }
}

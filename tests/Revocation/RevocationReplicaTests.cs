using Microsoft.Extensions.Logging;
using Sallyport.Gateway.Revocation;
using Sallyport.Tests.Support;
using StackExchange.Redis;

namespace Sallyport.Tests.Revocation;

/// <summary>One replica and a real Redis, in which anything may lie.</summary>
public sealed class RevocationReplicaTests : IAsyncLifetime
{
    // One moment for all records of a test: those of two hours would lie in two buckets.
    private readonly uint _at = Revoker.Now;
    private RedisServer _server = null!;
    private ConnectionMultiplexer _hand = null!;
    private Revoker _one = null!;
    private Revoker _other = null!;

    private IDatabase Redis => _hand.GetDatabase();

    public async Task InitializeAsync()
    {
        _server = await RedisServer.StartAsync();
        _hand = await _server.ConnectAsync();
        _one = await Revoker.StartAsync(_server);
        _other = await Revoker.StartAsync(_server);
    }

    public async Task DisposeAsync()
    {
        await _one.DisposeAsync();
        await _other.DisposeAsync();
        await _hand.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task What_one_revokes_another_reads_and_reads_only_what_is_new()
    {
        await _other.CatchUp();
        Assert.True(_other.List.IsLoaded);
        Assert.Equal(0, _other.List.Current.Count);

        await _one.Revoke([.. Enumerable.Range(0, 1_200).Select(i => Record($"t{i}"))]);
        await _one.Revoke(Record("alice", RevocationKind.Subject, issuedBefore: 500), Record("k9", RevocationKind.Key, life: 365 * 86_400));
        await _other.CatchUp();
        Assert.Equal(1_202, _other.List.Current.Count);
        Assert.True(_other.Revokes("t0") && _other.Revokes("t1199") && !_other.Revokes("t1200"));
        Assert.False(_other.Revokes("t0", issuer: "https://other.example"));
        Assert.True(_other.Revokes("alice", RevocationKind.Subject, issuedAt: 499) && !_other.Revokes("alice", RevocationKind.Subject, issuedAt: 500));
        Assert.True(_other.Revokes("k9", RevocationKind.Key, issuedAt: long.MaxValue));

        var version = _other.List.Current.Version;
        await _other.CatchUp();
        Assert.Equal(version, _other.List.Current.Version);
        await _one.Revoke(Record("late"));
        await _other.CatchUp();
        Assert.True(_other.Revokes("late"));
        Assert.Equal(version + 1, _other.List.Current.Version);
    }

    [Fact]
    public async Task Redis_lets_a_bucket_go_after_its_end()
    {
        await _one.Revoke(Record("t"));
        var end = Assert.Single(await Redis.SortedSetRangeByRankAsync("sallyport:{revocation}:buckets"));
        var dies = await Redis.KeyExpireTimeAsync($"sallyport:{{revocation}}:bucket:{end}");
        Assert.NotNull(dies);
        Assert.InRange(new DateTimeOffset(dies.Value).ToUnixTimeSeconds(), (long)end, (long)end + 3600);
    }

    [Fact]
    public async Task What_Redis_loses_stays_in_force_and_is_written_back_once()
    {
        await _one.Revoke([.. Enumerable.Range(0, 1_500).Select(i => Record($"t{i}"))]);
        await _one.CatchUp();
        await _other.CatchUp();
        Assert.False(_one.Replica.OwesRedis);

        await Redis.ExecuteAsync("FLUSHALL");
        await _one.Revoke(Record("after"));
        await _one.CatchUp();
        await _other.CatchUp();
        Assert.True(_one.Replica.OwesRedis && _other.Replica.OwesRedis);
        Assert.True(_one.Revokes("t77") && _other.Revokes("t1499") && _other.Revokes("after"));

        await _one.WriteBack();
        await _other.WriteBack();
        Assert.False(_one.Replica.OwesRedis || _other.Replica.OwesRedis);
        Assert.Equal(1_501, await Stored());
        await using var third = await Revoker.StartAsync(_server);
        await third.CatchUp();
        Assert.Equal(1_501, third.List.Current.Count);
        Assert.True(third.Revokes("t0") && third.Revokes("after"));
        Assert.True(_other.Logs.Has(LogLevel.Warning, "lost revocations"));
    }

    [Fact]
    public async Task What_has_expired_is_not_written_back_though_its_bucket_has_not_ended()
    {
        var clock = new FakeClock(DateTimeOffset.UtcNow);
        await using var replica = await Revoker.StartAsync(_server, clock: clock);
        await _one.Revoke(Record("short", life: 60), Record("long", life: 7200));
        await replica.CatchUp();
        Assert.True(replica.Revokes("short"));
        clock.Advance(TimeSpan.FromSeconds(61));
        Assert.False(replica.Revokes("short"));
        await Redis.ExecuteAsync("FLUSHALL");
        await replica.CatchUp();
        await replica.WriteBack();
        Assert.False(replica.Replica.OwesRedis);
        Assert.Equal(1, await Stored());
        Assert.True(replica.Revokes("long"));
    }

    [Fact]
    public async Task Replicas_that_write_back_at_once_write_every_record_once()
    {
        await _one.Revoke([.. Enumerable.Range(0, 3_000).Select(i => Record($"t{i}"))]);
        await _one.CatchUp();
        await _other.CatchUp();
        await Redis.ExecuteAsync("FLUSHALL");
        await _one.CatchUp();
        await _other.CatchUp();
        await Task.WhenAll(_one.WriteBack(), _other.WriteBack());
        await Poll.Until(async () =>
        {
            foreach (var replica in (Revoker[])[_one, _other])
            {
                await replica.CatchUp();
                await replica.WriteBack();
            }

            return !_one.Replica.OwesRedis && !_other.Replica.OwesRedis;
        });
        Assert.Equal(3_000, await Stored());
    }

    [Fact]
    public async Task A_bucket_that_went_back_in_time_is_mended_though_it_is_as_long_as_before()
    {
        await _one.Revoke(Record("kept"), Record("lost"));
        await _other.CatchUp();
        var end = Assert.Single(await Redis.SortedSetRangeByRankAsync("sallyport:{revocation}:buckets"));
        await Redis.ListRightPopAsync($"sallyport:{{revocation}}:bucket:{end}");
        await Redis.HashDecrementAsync("sallyport:{revocation}:head", "count");
        await _one.Revoke(Record("new"));

        // As after an interruption: the connection's epoch is another.
        await _other.Replica.CatchUpAsync(_other.Connection.Epoch + 1, CancellationToken.None);
        Assert.True(_other.Revokes("kept") && _other.Revokes("lost") && _other.Revokes("new"));
        await _other.Replica.WriteBackAsync(_other.Connection.Epoch + 1, CancellationToken.None);
        Assert.Equal(3, await Stored());
        await using var third = await Revoker.StartAsync(_server);
        await third.CatchUp();
        Assert.True(third.Revokes("lost"));
    }

    [Fact]
    public async Task Records_that_nobody_with_the_key_made_are_passed_over_and_logged_once_a_batch()
    {
        await using var stranger = await Revoker.StartAsync(_server, macKeys: [new byte[32]]);
        await using var elsewhere = await Revoker.StartAsync(_server, prefix: "elsewhere:");
        var (forged, replayed, good) = (Record("forged"), Record("replayed"), Record("good"));
        await _one.Append((forged, stranger.Seal.Seal(forged)), (replayed, elsewhere.Seal.Seal(replayed)), (forged, "garbage"u8.ToArray()), (forged, []), (good, _one.Seal.Seal(good)));
        await _other.CatchUp();
        Assert.True(_other.Revokes("good"));
        Assert.False(_other.Revokes("forged") || _other.Revokes("replayed"));
        Assert.Equal(1, _other.List.Current.Count);
        Assert.Single(_other.Logs.Entries, entry => entry.Level == LogLevel.Error && entry.Message.StartsWith("4 records", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_mac_key_is_rotated_without_losing_a_revocation()
    {
        byte[] next = [.. Enumerable.Range(40, 32).Select(i => (byte)i)];
        await _one.Revoke(Record("old"));
        await using var both = await Revoker.StartAsync(_server, macKeys: [next, Revoker.MacKey]);
        await both.Revoke(Record("new"));
        await both.CatchUp();
        Assert.True(both.Revokes("old") && both.Revokes("new"));
        await _other.CatchUp();
        Assert.True(_other.Revokes("old") && !_other.Revokes("new"));
        await using var older = await Revoker.StartAsync(_server, macKeys: [Revoker.MacKey, next]);
        await older.CatchUp();
        Assert.True(older.Revokes("old") && older.Revokes("new"));
    }

    [Theory]
    [InlineData("head")]
    [InlineData("buckets")]
    [InlineData("bucket")]
    [InlineData("writer")]
    public async Task Garbage_in_the_place_of_a_key_stops_neither_reading_nor_revoking(string place)
    {
        await _one.Revoke(Record("before"));
        await _one.CatchUp();
        var end = Assert.Single(await Redis.SortedSetRangeByRankAsync("sallyport:{revocation}:buckets"));
        var key = place == "bucket" ? $"sallyport:{{revocation}}:bucket:{end}" : $"sallyport:{{revocation}}:{place}";
        foreach (var type in (string[])["string", "list", "hash", "set", "zset"])
        {
            await Redis.KeyDeleteAsync(key);
            switch (type)
            {
                case "string": await Redis.StringSetAsync(key, "garbage"); break;
                case "list": await Redis.ListRightPushAsync(key, ["garbage", "", "more"]); break;
                case "hash": await Redis.HashSetAsync(key, [new("epoch", "garbage"), new("count", "garbage")]); break;
                case "set": await Redis.SetAddAsync(key, "garbage"); break;
                default: await Redis.SortedSetAddAsync(key, [new("garbage", double.PositiveInfinity), new("3601", 9e12), new("-5", 9e12)]); break;
            }

            await _one.CatchUp();
            await _one.Revoke(Record("after " + type));
            await _one.CatchUp();
            await _one.WriteBack();
            Assert.True(_one.Revokes("before") && _one.Revokes("after " + type), $"{place} as {type}");
            await using var newcomer = await Revoker.StartAsync(_server);
            await newcomer.CatchUp();
            Assert.True(newcomer.Revokes("before") && newcomer.Revokes("after " + type), $"{place} as {type}, to a newcomer");
        }
    }

    [Fact]
    public async Task Elements_may_be_removed_or_put_anywhere_and_nothing_in_memory_is_lost()
    {
        await _one.Revoke([.. Enumerable.Range(0, 50).Select(i => Record($"t{i}"))]);
        await _one.CatchUp();
        var end = Assert.Single(await Redis.SortedSetRangeByRankAsync("sallyport:{revocation}:buckets"));
        var (bucket, random) = ((RedisKey)$"sallyport:{{revocation}}:bucket:{end}", new Random(3));
        for (var round = 0; round < 30; round++)
        {
            switch (random.Next(4))
            {
                case 0: await Redis.ListLeftPopAsync(bucket, random.Next(1, 20)); break;
                case 1: await Redis.ListLeftPushAsync(bucket, [.. Enumerable.Range(0, random.Next(1, 20)).Select(i => (RedisValue)$"garbage{i}")]); break;
                case 2: await Redis.ListTrimAsync(bucket, random.Next(10), -random.Next(1, 10)); break;
                default: await _other.Revoke(Record($"r{round}")); break;
            }

            await Redis.HashIncrementAsync("sallyport:{revocation}:head", "count");
            await _one.CatchUp();
            if (round % 3 == 0) await _one.WriteBack();
            Assert.All(Enumerable.Range(0, 50), i => Assert.True(_one.Revokes($"t{i}")));
        }

        await _one.Replica.CatchUpAsync(_one.Connection.Epoch + 1, CancellationToken.None);
        await _one.Replica.WriteBackAsync(_one.Connection.Epoch + 1, CancellationToken.None);
        await using var newcomer = await Revoker.StartAsync(_server);
        await newcomer.CatchUp();
        Assert.Contains(Enumerable.Range(0, 50), i => newcomer.Revokes($"t{i}"));
    }

    [Fact]
    public async Task A_user_with_no_more_than_the_documented_rights_can_do_it_all()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(RepositoryFolder.Path, "docs", "scaling.md"));
        var rights = page.Split('\n').Single(line => line.StartsWith("user gateway ", StringComparison.Ordinal))["user gateway ".Length..].Trim();
        Assert.Equal("+OK", await _server.Command("ACL SETUSER gateway " + rights.Replace(">PASSWORD", ">secret", StringComparison.Ordinal)));
        Assert.Equal("+OK", await _server.Command("ACL SETUSER default resetpass >nobody"));
        await using var one = await Revoker.StartAsync(_server, more: ",user=gateway,password=secret");
        await one.Revoke(Record("t"));
        await one.CatchUp();
        await Redis.KeyDeleteAsync("sallyport:{revocation}:head");
        await one.CatchUp();
        await one.WriteBack();
        Assert.True(one.Revokes("t") && !one.Replica.OwesRedis);
        Assert.Null(one.Connection.Problem);
    }

    private RevocationRecord Record(string value, RevocationKind kind = RevocationKind.TokenId, uint? issuedBefore = null, uint life = 3600) =>
        Revoker.Record(value, kind, issuedBefore: issuedBefore, life: life, at: _at);

    private async Task<long> Stored()
    {
        var stored = 0L;
        foreach (var end in await Redis.SortedSetRangeByRankAsync("sallyport:{revocation}:buckets"))
            stored += await Redis.ListLengthAsync($"sallyport:{{revocation}}:bucket:{end}");
        return stored;
    }
}

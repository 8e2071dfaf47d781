using System.Security.Cryptography;
using Sallyport.Tests.Support;
using StackExchange.Redis;

namespace Sallyport.Tests.Compat;

/// <summary>Commands over one healthy connection.</summary>
public sealed class CommandsTests
{
    [Fact]
    public async Task A_value_that_was_set_is_read_back()
    {
        await using var server = await RedisServer.StartAsync();
        await using var client = await server.ConnectAsync();
        var redis = client.GetDatabase();

        Assert.True(await redis.StringSetAsync("key", "value", TimeSpan.FromMinutes(1), When.NotExists));
        Assert.False(await redis.StringSetAsync("key", "other", TimeSpan.FromMinutes(1), When.NotExists));
        Assert.Equal("value", await redis.StringGetAsync("key"));
        Assert.Equal(RedisValue.Null, await redis.StringGetAsync("absent"));
        Assert.InRange((await redis.KeyTimeToLiveAsync("key"))!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
    }

    [Theory]
    [InlineData(RedisProtocol.Resp2)]
    [InlineData(RedisProtocol.Resp3)]
    public async Task Commands_of_many_tasks_share_a_connection_and_each_gets_its_own_answer(RedisProtocol protocol)
    {
        const int Tasks = 64;
        const int Rounds = 200;
        await using var server = await RedisServer.StartAsync();
        await using var client = await server.ConnectAsync(options => options.Protocol = protocol);
        var redis = client.GetDatabase();

        await Task.WhenAll(Enumerable.Range(0, Tasks).Select(task => Task.Run(async () =>
        {
            for (var round = 0; round < Rounds; round++)
            {
                RedisKey key = $"{task}:{round % 7}";
                RedisValue value = $"{task}/{round}";
                // Not awaited in between: both are in flight, and the connection keeps their order.
                var set = redis.StringSetAsync(key, value);
                var get = redis.StringGetAsync(key);
                Assert.True(await set);
                Assert.Equal(value, await get);
                Assert.Equal(round + 1, await redis.StringIncrementAsync($"count:{task}"));
            }
        })));

        Assert.Equal(Tasks * 8, (long)await redis.ExecuteAsync("DBSIZE"));
    }

    [Fact]
    public async Task Five_megabytes_come_back_as_they_went()
    {
        await using var server = await RedisServer.StartAsync();
        await using var client = await server.ConnectAsync(options => options.AsyncTimeout = 30_000);
        var redis = client.GetDatabase();
        var values = Enumerable.Range(0, 3).Select(_ => RandomNumberGenerator.GetBytes(5_000_000)).ToArray();

        await Task.WhenAll(values.Select((value, i) => redis.StringSetAsync($"large:{i}", value)));
        var read = await Task.WhenAll(values.Select((_, i) => redis.StringGetAsync($"large:{i}")));

        for (var i = 0; i < values.Length; i++)
            Assert.True(((ReadOnlyMemory<byte>)read[i]).Span.SequenceEqual(values[i]));
    }

    [Fact]
    public async Task An_answer_of_many_elements_keeps_their_order()
    {
        await using var server = await RedisServer.StartAsync();
        await using var client = await server.ConnectAsync(options => options.AsyncTimeout = 30_000);
        var redis = client.GetDatabase();
        // Some share a block of the arena, some have an array of their own.
        foreach (var length in new[] { 0, 1, 3, 1_000, 100_000 })
        {
            var values = Enumerable.Range(0, length).Select(i => (RedisValue)i).ToArray();
            RedisKey key = $"list:{length}";
            if (length > 0)
                await redis.ListRightPushAsync(key, values);
            Assert.Equal(values, await redis.ListRangeAsync(key));
        }
    }

    [Fact]
    public async Task A_script_that_the_server_has_forgotten_is_sent_again()
    {
        const string Script = "redis.call('SET', KEYS[1], ARGV[1]) return {ARGV[1], {1, 2, {KEYS[1]}}}";
        await using var server = await RedisServer.StartAsync();
        await using var client = await server.ConnectAsync();
        var redis = client.GetDatabase();

        for (var round = 0; round < 3; round++)
        {
            var answer = (RedisResult[])(await redis.ScriptEvaluateAsync(Script, ["key"], [round]))!;
            Assert.Equal(round, (int)answer[0]);
            var inner = (RedisResult[])answer[1]!;
            Assert.Equal([1, 2], inner.Take(2).Select(item => (int)item));
            Assert.Equal("key", (string?)((RedisResult[])inner[2]!)[0]);
            Assert.Equal(round, await redis.StringGetAsync("key"));
            Assert.Equal("+OK", await server.Command("SCRIPT FLUSH"));
        }
    }

    [Fact]
    public async Task A_script_that_fails_says_why()
    {
        await using var server = await RedisServer.StartAsync();
        await using var client = await server.ConnectAsync();
        var redis = client.GetDatabase();

        var error = await Assert.ThrowsAsync<RedisServerException>(() => redis.ScriptEvaluateAsync("return redis.error_reply('NOTTODAY because')"));
        Assert.Contains("NOTTODAY because", error.Message, StringComparison.Ordinal);
        Assert.Equal(7, (int)await redis.ScriptEvaluateAsync("return 7"));
    }

    [Fact]
    public async Task A_transaction_happens_as_a_whole_or_not_at_all()
    {
        await using var server = await RedisServer.StartAsync();
        await using var client = await server.ConnectAsync();
        var redis = client.GetDatabase();
        await redis.StringSetAsync("version", 1);

        async Task<bool> Replace(int expected, string value)
        {
            var transaction = redis.CreateTransaction();
            transaction.AddCondition(Condition.StringEqual("version", expected));
            var version = transaction.StringIncrementAsync("version");
            var set = transaction.StringSetAsync("value", value);
            var done = await transaction.ExecuteAsync();
            if (done)
            {
                Assert.Equal(expected + 1, await version);
                Assert.True(await set);
            }
            else
            {
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => version);
            }

            return done;
        }

        Assert.True(await Replace(1, "first"));
        Assert.False(await Replace(1, "second"));
        Assert.Equal("first", await redis.StringGetAsync("value"));
        Assert.True(await Replace(2, "third"));
        Assert.Equal("third", await redis.StringGetAsync("value"));
    }

    [Fact]
    public async Task A_lock_is_taken_by_one_and_released_by_its_owner_only()
    {
        await using var server = await RedisServer.StartAsync();
        await using var client = await server.ConnectAsync();
        var redis = client.GetDatabase();

        var taken = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => redis.LockTakeAsync("lock", i, TimeSpan.FromMinutes(1))));
        var owner = Array.IndexOf(taken, true);
        Assert.Equal(1, taken.Count(one => one));
        Assert.False(await redis.LockReleaseAsync("lock", owner + 1));
        Assert.True(await redis.LockReleaseAsync("lock", owner));
        Assert.True(await redis.LockTakeAsync("lock", "next", TimeSpan.FromMinutes(1)));
    }
}

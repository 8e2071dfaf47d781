using Sallyport.Tests.Support;
using StackExchange.Redis;

namespace Sallyport.Tests.Compat;

/// <summary>The server crashes, freezes, hangs up or falls silent, and the client comes back by itself.</summary>
public sealed class OutageTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Commands_fail_while_the_server_is_dead_and_pass_when_it_is_back()
    {
        await using var server = await RedisServer.StartAsync("--appendonly", "yes", "--appendfsync", "always");
        await using var client = await server.ConnectAsync(Outages.Impatient);
        var redis = client.GetDatabase();
        Assert.True(await redis.StringSetAsync("key", "kept"));

        for (var crash = 0; crash < 3; crash++)
        {
            await server.Kill();
            await Assert.ThrowsAnyAsync<RedisException>(() => redis.StringGetAsync("key").WaitAsync(Bound));
            await Assert.ThrowsAnyAsync<RedisException>(() => redis.StringGetAsync("key").WaitAsync(Bound));

            await server.StartAgain();
            await Poll.Until(() => Outages.Answers(redis), Bound);
            Assert.Equal("kept", await redis.StringGetAsync("key"));
        }
    }

    [Fact]
    public async Task Every_command_in_flight_ends_when_the_server_is_killed()
    {
        await using var server = await RedisServer.StartAsync();
        await using var client = await server.ConnectAsync(Outages.Impatient);
        var redis = client.GetDatabase();

        server.Freeze();
        var pending = Enumerable.Range(0, 1_000).Select(i => redis.StringSetAsync($"key:{i}", i)).ToArray();
        await server.Kill();

        foreach (var command in pending)
        {
            var error = await Record.ExceptionAsync(() => command.WaitAsync(Bound));
            Assert.True(error is RedisException, $"{error}");
        }

        await server.StartAgain();
        await Poll.Until(() => Outages.Answers(redis), Bound);
        Assert.True(await redis.StringSetAsync("key", "value"));
    }

    [Fact]
    public async Task A_client_that_the_server_hangs_up_on_connects_again()
    {
        await using var server = await RedisServer.StartAsync();
        await using var client = await server.ConnectAsync(Outages.Impatient);
        var redis = client.GetDatabase();
        Assert.True(await redis.StringSetAsync("key", "value"));

        for (var round = 0; round < 3; round++)
        {
            var before = (long)await redis.ExecuteAsync("CLIENT", "ID");
            Assert.NotEqual(":0", await server.Command("CLIENT KILL TYPE normal"));

            await Poll.Until(() => Outages.Answers(redis), Bound);
            Assert.NotEqual(before, (long)await redis.ExecuteAsync("CLIENT", "ID"));
            Assert.Equal("value", await redis.StringGetAsync("key"));
        }
    }

    [Fact]
    public async Task Commands_to_a_frozen_server_time_out_and_pass_when_it_thaws()
    {
        await using var server = await RedisServer.StartAsync();
        await using var client = await server.ConnectAsync(Outages.Impatient);
        var redis = client.GetDatabase();
        Assert.True(await redis.StringSetAsync("key", "value"));

        server.Freeze();
        var pending = Enumerable.Range(0, 20).Select(_ => redis.StringGetAsync("key")).ToArray();
        foreach (var command in pending)
            await Assert.ThrowsAsync<RedisTimeoutException>(() => command.WaitAsync(Bound));

        server.Thaw();
        await Poll.Until(() => Outages.Answers(redis), Bound);
        Assert.Equal("value", await redis.StringGetAsync("key"));
    }

    [Fact]
    public async Task A_frozen_server_that_takes_no_more_bytes_does_not_block_the_caller()
    {
        await using var server = await RedisServer.StartAsync();
        await using var client = await server.ConnectAsync(Outages.Impatient);
        var redis = client.GetDatabase();
        var value = new byte[1_000_000];

        server.Freeze();
        // More than the kernel's buffers hold: what does not fit waits in the pipe.
        var pending = Enumerable.Range(0, 20).Select(i => redis.StringSetAsync($"large:{i}", value)).ToArray();
        foreach (var command in pending)
        {
            var error = await Record.ExceptionAsync(() => command.WaitAsync(Bound));
            Assert.True(error is RedisTimeoutException or RedisConnectionException, $"{error}");
        }

        server.Thaw();
        await Poll.Until(() => Outages.Answers(redis), Bound);
        Assert.True(await redis.StringSetAsync("large:0", value));
    }

    [Fact]
    public async Task A_connection_whose_other_end_fell_silent_is_replaced()
    {
        await using var server = await RedisServer.StartAsync();
        await using var relay = new Relay(server.Port);
        await using var client = await relay.ConnectAsync(Outages.Impatient);
        var redis = client.GetDatabase();
        Assert.True(await redis.StringSetAsync("key", "value"));
        var before = (long)await redis.ExecuteAsync("CLIENT", "ID");

        relay.Silence();

        await Assert.ThrowsAnyAsync<Exception>(() => redis.StringGetAsync("key").WaitAsync(Bound));
        await Poll.Until(() => Outages.Answers(redis), Bound);
        Assert.NotEqual(before, (long)await redis.ExecuteAsync("CLIENT", "ID"));
        Assert.Equal("value", await redis.StringGetAsync("key"));
    }

    [Fact]
    public async Task A_reset_in_the_middle_of_an_answer_fails_the_command_and_no_other_answer_is_mixed_in()
    {
        await using var server = await RedisServer.StartAsync();
        await using var relay = new Relay(server.Port);
        await using var client = await relay.ConnectAsync(Outages.Impatient);
        var redis = client.GetDatabase();
        var value = new byte[300_000];
        Random.Shared.NextBytes(value);
        Assert.True(await redis.StringSetAsync("large", value));
        Assert.True(await redis.StringSetAsync("small", "value"));

        relay.ResetAfter(100_000);

        await Assert.ThrowsAnyAsync<RedisException>(() => redis.StringGetAsync("large").WaitAsync(Bound));
        await Poll.Until(() => Outages.Answers(redis), Bound);
        Assert.Equal("value", await redis.StringGetAsync("small"));
        Assert.True(((ReadOnlyMemory<byte>)await redis.StringGetAsync("large")).Span.SequenceEqual(value));
    }

    [Fact]
    public async Task Answers_that_arrive_byte_by_byte_are_put_together()
    {
        await using var server = await RedisServer.StartAsync();
        await using var relay = new Relay(server.Port) { PieceLength = 1 };
        await using var client = await relay.ConnectAsync(options => options.AsyncTimeout = 20_000);
        var redis = client.GetDatabase();

        var values = Enumerable.Range(0, 100).Select(i => (RedisValue)$"{i}:{new string('x', i)}").ToArray();
        await Task.WhenAll(values.Select((value, i) => redis.StringSetAsync($"key:{i}", value)));
        Assert.Equal(values, await Task.WhenAll(values.Select((_, i) => redis.StringGetAsync($"key:{i}"))));
        await redis.ListRightPushAsync("list", values);
        Assert.Equal(values, await redis.ListRangeAsync("list"));
    }
}

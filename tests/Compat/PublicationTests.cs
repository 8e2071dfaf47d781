using System.Collections.Concurrent;
using Sallyport.Tests.Support;
using StackExchange.Redis;

namespace Sallyport.Tests.Compat;

/// <summary>Messages on channels.</summary>
public sealed class PublicationTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);
    private static readonly RedisChannel Channel = RedisChannel.Literal("news");

    [Theory]
    [InlineData(RedisProtocol.Resp2)]
    [InlineData(RedisProtocol.Resp3)]
    public async Task A_queue_receives_the_messages_of_a_publisher_in_order(RedisProtocol protocol)
    {
        const int Messages = 5_000;
        await using var server = await RedisServer.StartAsync();
        await using var publisher = await server.ConnectAsync();
        await using var client = await server.ConnectAsync(options => options.Protocol = protocol);
        var queue = await client.GetSubscriber().SubscribeAsync(Channel);
        var redis = publisher.GetDatabase();

        var receivers = await Task.WhenAll(Enumerable.Range(0, Messages).Select(i => redis.PublishAsync(Channel, i)));

        Assert.All(receivers, count => Assert.Equal(1, count));
        using var timeout = new CancellationTokenSource(Bound);
        for (var i = 0; i < Messages; i++)
            Assert.Equal(i, (await queue.ReadAsync(timeout.Token)).Message);
        await queue.UnsubscribeAsync();
        Assert.Equal(0, await redis.PublishAsync(Channel, "nobody listens"));
    }

    [Fact]
    public async Task A_pattern_receives_its_channels_and_no_others()
    {
        await using var server = await RedisServer.StartAsync();
        await using var client = await server.ConnectAsync();
        var queue = await client.GetSubscriber().SubscribeAsync(RedisChannel.Pattern("news.*"));
        var redis = client.GetDatabase();

        Assert.Equal(0, await redis.PublishAsync(RedisChannel.Literal("weather.today"), "rain"));
        Assert.Equal(1, await redis.PublishAsync(RedisChannel.Literal("news.today"), "all quiet"));

        using var timeout = new CancellationTokenSource(Bound);
        var message = await queue.ReadAsync(timeout.Token);
        Assert.Equal("news.today", message.Channel);
        Assert.Equal("all quiet", message.Message);
    }

    [Fact]
    public async Task Every_handler_of_a_channel_receives_every_message()
    {
        const int Messages = 200;
        await using var server = await RedisServer.StartAsync();
        await using var client = await server.ConnectAsync();
        var first = new ConcurrentBag<int>();
        var second = new ConcurrentBag<int>();
        await client.GetSubscriber().SubscribeAsync(Channel, (_, message) => first.Add((int)message));
        await client.GetSubscriber().SubscribeAsync(Channel, (_, message) => second.Add((int)message));

        for (var i = 0; i < Messages; i++)
            await client.GetSubscriber().PublishAsync(Channel, i);

        await Poll.Until(() => first.Count == Messages && second.Count == Messages, Bound);
        Assert.Equal(Enumerable.Range(0, Messages), first.Order());
        Assert.Equal(Enumerable.Range(0, Messages), second.Order());
    }

    [Fact]
    public async Task A_subscription_is_renewed_after_the_server_was_killed()
    {
        await using var server = await RedisServer.StartAsync();
        await using var client = await server.ConnectAsync(options =>
        {
            Outages.Impatient(options);
            // The connection for messages may come a moment after the one for commands: wait for it instead of failing.
            options.BacklogPolicy = BacklogPolicy.Default;
        });
        var queue = await client.GetSubscriber().SubscribeAsync(Channel);

        await server.Kill();
        await server.StartAgain();

        // Messages of the meantime are lost, as Redis does not keep them.
        await Poll.Until(async () => await server.Command($"PUBLISH {Channel} again") == ":1", Bound, "the subscription is back");
        using var timeout = new CancellationTokenSource(Bound);
        Assert.Equal("again", (await queue.ReadAsync(timeout.Token)).Message);
    }
}

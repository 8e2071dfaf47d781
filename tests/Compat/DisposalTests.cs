using Pipelines.Sockets.Unofficial;
using Sallyport.Tests.Support;
using StackExchange.Redis;

namespace Sallyport.Tests.Compat;

/// <summary>What a client opened is closed when it is disposed of, however the server fares.</summary>
[Collection(AloneInTheProcess.Name)]
public sealed class DisposalTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task No_socket_and_no_thread_outlives_its_client()
    {
        await using var server = await RedisServer.StartAsync();
        // What .NET itself starts once and keeps is there before the count.
        await UseAndDispose(server);
        var sockets = Sockets();
        var threads = Threads().Count;

        for (var round = 0; round < 5; round++)
            await Task.WhenAll(UseAndDispose(server), UseAndDispose(server), UseAndDispose(server));

        await Poll.Until(() => Sockets() <= sockets, Bound);
        await Poll.Until(() => Threads().Count <= threads, Bound);
        await Poll.Until(() => !Threads().Exists(name => name.StartsWith("disposal", StringComparison.Ordinal)), Bound);
        Assert.Equal("+PONG", await server.Command("PING"));
    }

    [Fact]
    public async Task A_client_of_a_frozen_or_dead_server_is_disposed_of_in_time()
    {
        await using var server = await RedisServer.StartAsync();
        await UseAndDispose(server);
        var sockets = Sockets();

        var client = await server.ConnectAsync(Outages.Impatient);
        server.Freeze();
        var pending = client.GetDatabase().StringGetAsync("key");
        await client.DisposeAsync().AsTask().WaitAsync(Bound);
        Assert.NotNull(await Record.ExceptionAsync(() => pending.WaitAsync(Bound)));
        server.Thaw();

        client = await server.ConnectAsync(Outages.Impatient);
        await server.Kill();
        await client.DisposeAsync().AsTask().WaitAsync(Bound);

        await Poll.Until(() => Sockets() <= sockets, Bound);
    }

    [Fact]
    public async Task Reconnections_leave_no_socket_behind()
    {
        await using var server = await RedisServer.StartAsync();
        await using var client = await server.ConnectAsync(Outages.Impatient);
        var redis = client.GetDatabase();
        await redis.PingAsync();
        var sockets = Sockets();

        for (var round = 0; round < 5; round++)
        {
            await server.Kill();
            await server.StartAgain();
            await Poll.Until(() => Outages.Answers(redis), Bound);
        }

        await Poll.Until(() => client.GetCounters().TotalOutstanding == 0 && client.IsConnected, Bound);
        await Poll.Until(() => Sockets() <= sockets, Bound);
    }

    [Fact]
    public async Task Threads_of_a_scheduler_end_with_it_and_run_what_was_queued()
    {
        var ran = 0;
        using (var scheduler = new DedicatedThreadPoolPipeScheduler("scheduler", workerCount: 3, useThreadPoolQueueLength: 5))
        {
            await Poll.Until(() => scheduler.AvailableCount == 3, Bound);
            Assert.Equal(3, Threads().Count(name => name == "scheduler"));
            for (var i = 0; i < 100; i++)
                scheduler.Schedule(_ => Interlocked.Increment(ref ran), null);
        }

        await Poll.Until(() => Volatile.Read(ref ran) == 100, Bound);
        await Poll.Until(() => !Threads().Contains("scheduler"), Bound);
    }

    private static async Task UseAndDispose(RedisServer server)
    {
        using var sockets = new SocketManager("disposal", workerCount: 2);
        await using var client = await server.ConnectAsync(options => options.SocketManager = sockets);
        await client.GetSubscriber().SubscribeAsync(RedisChannel.Literal("news"));
        var redis = client.GetDatabase();
        await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => redis.StringIncrementAsync("count")));
        Assert.Contains(Threads(), name => name.StartsWith("disposal", StringComparison.Ordinal));
    }

    private static int Sockets() => Directory.GetFiles("/proc/self/fd").Count(file =>
    {
        try
        {
            return File.ResolveLinkTarget(file, returnFinalTarget: false)?.Name.StartsWith("socket:", StringComparison.Ordinal) == true;
        }
        catch (IOException)
        {
            // Closed since it was listed.
            return false;
        }
    });

    /// <summary>The names, without those of .NET, whose pool grows and shrinks as it likes.</summary>
    private static List<string> Threads() => Directory.GetDirectories("/proc/self/task").Select(thread =>
    {
        try
        {
            return File.ReadAllText(Path.Combine(thread, "comm")).TrimEnd();
        }
        catch (IOException)
        {
            // Ended since it was listed.
            return ".NET";
        }
    }).Where(name => !name.StartsWith(".NET", StringComparison.Ordinal)).ToList();
}

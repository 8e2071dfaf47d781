using Sallyport.Tests.Support;

namespace Sallyport.Tests.Redis;

/// <summary>Three primaries, each with a third of the slots.</summary>
internal sealed class RedisCluster : IAsyncDisposable
{
    private const int Slots = 16384;

    private readonly List<RedisServer> _nodes = [];

    public IReadOnlyList<RedisServer> Nodes => _nodes;

    public static async Task<RedisCluster> StartAsync(params string[] options)
    {
        var cluster = new RedisCluster();
        try
        {
            for (var i = 0; i < 3; i++)
            {
                cluster._nodes.Add(await RedisServer.StartAsync(
                [
                    "--cluster-enabled", "yes", "--cluster-config-file", "nodes.conf", "--cluster-node-timeout", "10000", "--cluster-port", $"{FreePort.Next()}", .. options,
                ]));
            }

            await cluster.Join();
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }

        return cluster;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes) await node.DisposeAsync();
    }

    private async Task Join()
    {
        for (var i = 0; i < _nodes.Count; i++)
            Assert.Equal("+OK", await _nodes[i].Command($"CLUSTER ADDSLOTSRANGE {Slots * i / _nodes.Count} {(Slots * (i + 1) / _nodes.Count) - 1}"));
        foreach (var node in _nodes.Skip(1))
            Assert.Equal("+OK", await _nodes[0].Command($"CLUSTER MEET 127.0.0.1 {node.Port} {await BusPort(node)}"));
        foreach (var node in _nodes)
            // Its own, or the address of another: either way the node knows who has the slot.
            await Poll.Until(async () => await node.Command("GET any") is ['$', ..] or ['-', 'M', ..], TimeSpan.FromSeconds(30), "the cluster is up");
    }

    private static async Task<string> BusPort(RedisServer node)
    {
        await using var client = await node.ConnectAsync();
        var answer = (StackExchange.Redis.RedisResult[]?)await client.GetDatabase().ExecuteAsync("CONFIG", "GET", "cluster-port");
        return (string)answer![1]!;
    }
}

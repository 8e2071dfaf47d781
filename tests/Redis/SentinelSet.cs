using Sallyport.Tests.Support;

namespace Sallyport.Tests.Redis;

/// <summary>A primary, a replica of it, and a sentinel that watches both and makes the replica primary when the first is gone.</summary>
internal sealed class SentinelSet : IAsyncDisposable
{
    private readonly DirectoryInfo _files = Directory.CreateTempSubdirectory("sallyport-sentinel-");
    private readonly List<RedisServer> _servers = [];

    public RedisServer Primary => _servers[0];

    public RedisServer Replica => _servers[1];

    public RedisServer Sentinel => _servers[2];

    /// <param name="options">Of the primary and the replica.</param>
    /// <param name="replica">The user and password by which the replica knows itself to the primary.</param>
    /// <param name="sentinel">The user and password by which the sentinel knows itself to both.</param>
    public static async Task<SentinelSet> StartAsync(string[] options, (string User, string Password) replica, (string User, string Password) sentinel)
    {
        var set = new SentinelSet();
        string[] replication = ["--masteruser", replica.User, "--masterauth", replica.Password];
        try
        {
            set._servers.Add(await RedisServer.StartAsync([.. options, .. replication]));
            set._servers.Add(await RedisServer.StartAsync([.. options, .. replication, "--replicaof", $"127.0.0.1 {set.Primary.Port}"]));
            var file = Path.Combine(set._files.FullName, "sentinel.conf");
            await File.WriteAllLinesAsync(file,
            [
                $"sentinel monitor main 127.0.0.1 {set.Primary.Port} 1",
                "sentinel down-after-milliseconds main 4000",
                "sentinel failover-timeout main 5000",
                $"sentinel auth-user main {sentinel.User}",
                $"sentinel auth-pass main {sentinel.Password}",
            ]);
            set._servers.Add(await RedisServer.StartAsync(file, "--sentinel"));
            await using var client = await set.Sentinel.ConnectAsync(settings => settings.CommandMap = StackExchange.Redis.CommandMap.Sentinel);
            var asked = client.GetServer(client.GetEndPoints()[0]);
            await Poll.Until(
                async () => (await asked.SentinelReplicasAsync("main")).Any(known => known.Contains(KeyValuePair.Create("master-link-status", "ok"))),
                TimeSpan.FromSeconds(30),
                "the sentinel knows the replica, and that it follows");
        }
        catch
        {
            await set.DisposeAsync();
            throw;
        }

        return set;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in Enumerable.Reverse(_servers)) await server.DisposeAsync();
        _files.Delete(recursive: true);
    }
}

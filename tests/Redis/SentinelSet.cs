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
    /// <param name="auth">The user and password by which the replica and the sentinel know themselves to them; none when null.</param>
    public static async Task<SentinelSet> StartAsync(string[] options, (string User, string Password)? auth = null)
    {
        var set = new SentinelSet();
        string[] replication = auth is var (user, password) ? ["--masteruser", user, "--masterauth", password] : [];
        try
        {
            set._servers.Add(await RedisServer.StartAsync([.. options, .. replication]));
            set._servers.Add(await RedisServer.StartAsync([.. options, .. replication, "--replicaof", $"127.0.0.1 {set.Primary.Port}"]));
            var file = Path.Combine(set._files.FullName, "sentinel.conf");
            await File.WriteAllLinesAsync(file,
            [
                $"sentinel monitor main 127.0.0.1 {set.Primary.Port} 1",
                "sentinel down-after-milliseconds main 1000",
                "sentinel failover-timeout main 5000",
                .. auth is var (name, secret) ? (string[])[$"sentinel auth-user main {name}", $"sentinel auth-pass main {secret}"] : [],
            ]);
            set._servers.Add(await RedisServer.StartAsync(file, "--sentinel"));
            await using var client = await set.Sentinel.ConnectAsync(settings => settings.CommandMap = StackExchange.Redis.CommandMap.Sentinel);
            var asked = client.GetServer(client.GetEndPoints()[0]);
            await Poll.Until(
                async () => (await asked.SentinelReplicasAsync("main")).Any(replica => replica.Contains(KeyValuePair.Create("master-link-status", "ok"))),
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

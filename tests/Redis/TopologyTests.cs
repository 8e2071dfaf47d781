using System.Text.Json.Nodes;
using Sallyport.Tests.Deploy;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Redis;

/// <summary>The configuration strings and the users that docs/scaling.md gives, against real servers.</summary>
public sealed class TopologyTests : IAsyncLifetime
{
    // Redis's own documentation of Sentinel and of replication gives these.
    private const string ReplicaUser = "user replica on >replica-password resetchannels -@all +psync +replconf +ping";
    private const string SentinelUser = "user sentinel on >sentinel-password allchannels -@all +multi +slaveof +ping +exec +subscribe +config|rewrite +role +publish +info +client|setname +client|kill +script|kill";
    private const string Anybody = "user default on nopass ~* &* +@all";

    private static readonly TimeSpan Long = TimeSpan.FromSeconds(40);

    private ComposeSecrets _secrets = null!;

    public async Task InitializeAsync() => _secrets = await ComposeSecrets.MakeAsync();

    public Task DisposeAsync()
    {
        _secrets.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Sentinel_names_the_primary_and_the_gateways_go_on_with_the_next_one_when_it_is_killed()
    {
        var users = await Users("user default off", ReplicaUser, SentinelUser);
        await using var set = await SentinelSet.StartAsync(["--aclfile", users], ("replica", "replica-password"), ("sentinel", "sentinel-password"));
        await using var gateways = await SharingGateways.StartAsync($"127.0.0.1:{set.Sentinel.Port},serviceName=main,user=gateway,password={_secrets.Password}");
        await gateways.Share(Long);
        Assert.Equal(1, gateways.First.Issuer.JwksHits);
        await gateways.Rotate();

        await set.Primary.Kill();

        await gateways.Share(Long);
        await gateways.Rotate();
    }

    [Fact]
    public async Task A_cluster_is_found_from_one_of_its_nodes()
    {
        var users = await Users(Anybody);
        await using var cluster = await RedisCluster.StartAsync("--aclfile", users);
        await using var gateways = await SharingGateways.StartAsync($"{cluster.Nodes[0].Address},user=gateway,password={_secrets.Password}");

        await gateways.Share(Long);
        await gateways.Rotate();
    }

    [Theory]
    [InlineData("SERedis_IssuerCertPath")]
    [InlineData("SSL_CERT_FILE")]
    public async Task Over_TLS_the_authority_is_named_by_a_variable(string variable)
    {
        using var authority = new TestAuthority();
        await using var server = await TlsRedis.StartAsync(authority);
        await using var issuer = await IssuerServer.StartAsync(TestKey.New("ES256").PublicJwk("k1", "ES256"));
        await using var upstream = await RecordingUpstream.StartAsync();
        var json = House.Configuration(issuer, upstream);
        json["Urls"] = "http://127.0.0.1:0";
        json["Sallyport"]!["Admin"] = new JsonObject { ["Url"] = "http://127.0.0.1:0" };
        json["Sallyport"]!["Redis"] = new JsonObject
        {
            ["Configuration"] = $"localhost:{server.Port},ssl=true",
            ["MacKey"] = new JsonObject { ["File"] = Path.Combine(_secrets.Folder, "mac-key") },
        };
        var files = new Dictionary<string, string> { ["appsettings.json"] = json.ToJsonString(), ["authority.pem"] = authority.AuthorityPem };

        await using var trusting = await GatewayProcess.StartAsync([], new Dictionary<string, string> { ["DOTNET_ENVIRONMENT"] = "Development", [variable] = "authority.pem" }, files);
        await trusting.Line("Redis is there");

        await using var other = await GatewayProcess.StartAsync([], new Dictionary<string, string> { ["DOTNET_ENVIRONMENT"] = "Development" }, files);
        await other.Line("Redis is away");
        Assert.DoesNotContain("Redis is there", other.Output, StringComparison.Ordinal);
    }

    /// <summary>A file with the gateways' user of the compose file, and these beside it.</summary>
    private async Task<string> Users(params string[] others)
    {
        var file = Path.Combine(_secrets.Folder, "all.acl");
        await File.WriteAllLinesAsync(file, [.. others, _secrets["users.acl"].Split('\n').Single(line => line.StartsWith("user gateway ", StringComparison.Ordinal))]);
        return file;
    }
}

namespace Sallyport.Tests.Redis;

/// <summary>The configuration strings that docs/scaling.md gives, against real servers.</summary>
public sealed class TopologyTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(40);

    [Fact]
    public async Task Sentinel_names_the_primary_and_the_gateways_go_on_with_the_next_one_when_it_is_killed()
    {
        await using var set = await SentinelSet.StartAsync([]);
        await using var gateways = await SharingGateways.StartAsync($"127.0.0.1:{set.Sentinel.Port},serviceName=main");
        await gateways.Share(Long);

        await set.Primary.Kill();

        await gateways.Share(Long);
        Assert.StartsWith("$", await set.Replica.Command("GET sallyport:{test}:value"), StringComparison.Ordinal);
        Assert.StartsWith("*3", await set.Replica.Command("ROLE"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cluster_is_found_from_one_of_its_nodes()
    {
        await using var cluster = await RedisCluster.StartAsync();
        await using var gateways = await SharingGateways.StartAsync(cluster.Nodes[0].Address);

        await gateways.Share(Long);
    }
}

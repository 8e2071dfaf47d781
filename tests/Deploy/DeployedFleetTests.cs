using System.Net;
using System.Text.Json.Nodes;
using Sallyport.Tests.Support;
using StackExchange.Redis;

namespace Sallyport.Tests.Deploy;

/// <summary>What docker-compose.yml starts works together, as processes of this machine.</summary>
public sealed class DeployedFleetTests
{
    private const string Path = "/orders/acme/42?fields=total";

    [Fact]
    public async Task Tokens_pass_at_each_of_three_gateways_that_fetch_once_for_all()
    {
        await using var fleet = await DeployedFleet.StartAsync();
        Assert.Equal(3, fleet.Clients.Count);

        var alice = await fleet.Token("Alice of acme");
        foreach (var answer in await fleet.AskAll(Path, alice))
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal("alice", (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["headers"]!["X-Auth-Subject"]);
        }

        Assert.All(await fleet.Statuses(Path), status => Assert.Equal(HttpStatusCode.Unauthorized, status));
        Assert.All(await fleet.Statuses(Path, await fleet.Token("Bob of globex")), status => Assert.Equal(HttpStatusCode.Forbidden, status));

        var shown = await fleet.Verb("jwks", "show", "--json");
        Assert.Equal(0, shown.ExitCode);
        var issuer = JsonNode.Parse(shown.Output)!["issuers"]!.AsArray().Single()!;
        Assert.NotNull(issuer["process"]);
        Assert.NotNull(issuer["redis"]);

        // A new key: whoever sees it first asks for all.
        await fleet.RestartDemonstration();
        Assert.All(await fleet.Statuses(Path, await fleet.Token("Alice of acme")), status => Assert.Equal(HttpStatusCode.OK, status));
        Assert.All(await fleet.Statuses(Path, alice), status => Assert.Equal(HttpStatusCode.Unauthorized, status));

        await fleet.StopGateways();
        var fetches = fleet.Collector.Points.Where(point => point.Metric == "gateway.jwks.fetches").ToList();
        Assert.Equal(1, fetches.Where(fetch => fetch.Labels["trigger"] == "cold").Sum(fetch => fetch.Value));
        Assert.Equal(1, fetches.Where(fetch => fetch.Labels["trigger"] == "unknown_kid" && fetch.Labels["outcome"] == "changed").Sum(fetch => fetch.Value));
        Assert.Equal(3, fleet.Collector.Points.Where(point => point.Metric == "gateway.redis.connected").Sum(point => point.Value));
        Assert.All(fleet.Collector.Resources, resource => Assert.Equal("sallyport", resource["service.name"]));
    }

    [Fact]
    public async Task A_revocation_reaches_all_three_and_survives_a_restart_of_Redis()
    {
        await using var fleet = await DeployedFleet.StartAsync();
        var alice = await fleet.Token("Alice of acme");
        Assert.All(await fleet.Statuses(Path, alice), status => Assert.Equal(HttpStatusCode.OK, status));

        var revoked = await fleet.Verb("revoke", "--issuer", "demonstration", "--sub", "alice");
        Assert.Equal(0, revoked.ExitCode);

        await Poll.UntilAnswered(async () => (await fleet.Statuses(Path, alice)).All(status => status == HttpStatusCode.Unauthorized), TimeSpan.FromSeconds(30), "all three refuse the revoked token");
        // Known to be good, and of somebody who was not revoked: refused for another reason.
        Assert.All(await fleet.Statuses(Path, await fleet.Token("Bob of globex")), status => Assert.Equal(HttpStatusCode.Forbidden, status));

        // Of all that the gateways and the verb asked, Redis refused nothing but what the client asks for in vain.
        await using (var client = await fleet.Redis.ConnectAsync(options => (options.User, options.Password) = (DeployedFleet.Observer, DeployedFleet.Observer)))
        {
            var log = (RedisResult[])(await client.GetDatabase().ExecuteAsync("ACL", "LOG"))!;
            Assert.Equal(["config|get"], log.Select(entry => (string?)entry.ToDictionary()["object"]).Distinct());
        }

        await fleet.Redis.Kill();
        await fleet.Redis.StartAgain();
        // From the disk, or, if the crash was quicker than the writing, from the gateways.
        await Poll.Until(
            async () => await fleet.Verb("revocations", "list", "--json") is { ExitCode: 0 } kept && (int)JsonNode.Parse(kept.Output)!["count"]! == 1,
            TimeSpan.FromSeconds(30),
            "the revocation is in Redis again");
    }

    [Fact]
    public async Task The_gateways_user_of_Redis_reads_nothing_else_and_runs_nothing_dangerous()
    {
        await using var fleet = await DeployedFleet.StartAsync();
        await using var client = await fleet.Redis.ConnectAsync(options => (options.User, options.Password) = ("gateway", fleet.Secrets.Password));
        var redis = client.GetDatabase();

        Assert.True(await redis.StringSetAsync("sallyport:key", "value"));
        Assert.Equal("value", await redis.StringGetAsync("sallyport:key"));
        Assert.Equal(0, await redis.PublishAsync(RedisChannel.Literal("sallyport:nobody"), "hello"));
        foreach (var forbidden in (string[])
                 [
                     "GET elsewhere", "SET elsewhere 1", "DEL elsewhere", "PUBLISH elsewhere hello", "KEYS *", "SCAN 0", "RANDOMKEY", "FLUSHALL", "FLUSHDB", "CONFIG GET *",
                     "CONFIG SET dir /tmp", "ACL LIST", "ACL WHOAMI", "CLIENT LIST", "CLIENT KILL ID 1", "SHUTDOWN", "REPLICAOF 127.0.0.1 1", "MODULE LIST",
                     "SCRIPT FLUSH", "SCRIPT KILL", "FUNCTION LIST", "MONITOR", "SAVE", "BGSAVE", "EVAL return(redis.call('GET','elsewhere')) 0", "EVAL return(redis.call('FLUSHALL')) 0", "RENAME sallyport:key elsewhere",
                     "COPY sallyport:key elsewhere", "PSUBSCRIBE *", "DUMP sallyport:key", "SWAPDB 0 1",
                 ])
        {
            var words = forbidden.Split(' ');
            var error = await Assert.ThrowsAsync<RedisServerException>(() => redis.ExecuteAsync(words[0], [.. words.Skip(1)]));
            // The second is what a script hears.
            Assert.Matches("NOPERM|The user executing the script can't", error.Message);
        }

        // Without a name there is nothing at all.
        Assert.StartsWith("-NOAUTH", await fleet.Redis.Command("GET sallyport:key"), StringComparison.Ordinal);
        Assert.StartsWith("-NOAUTH", await fleet.Redis.Command("INFO"), StringComparison.Ordinal);
    }
}

using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Sallyport.Tests.Support;
using StackExchange.Redis;

namespace Sallyport.Tests.Fleet;

/// <summary>What lies in Redis counts only if a gateway with the MAC key wrote it, for this issuer.</summary>
[Collection(Fleets.Name)]
[Trait("Acceptance", "D14")]
public sealed class ForgedDocumentTests
{
    private static readonly string[] Forged = ["forged", "moved", "first bit", "middle bit", "last bit", "cut", "empty"];

    [Fact]
    public async Task A_gateway_that_starts_takes_the_authentic_document_without_a_fetch_and_refuses_every_other()
    {
        await using var fleet = await GatewayFleet.PrepareAsync(new FleetPlan { Issuers = [new("authentic"), .. Forged.Select(name => new IssuerPlan(name))] });
        await using var redis = await fleet.Redis.ConnectAsync();
        var database = redis.GetDatabase();
        await fleet.Replicas[0].Start();
        await fleet.Replicas[0].BecomesReady();

        var documents = new Dictionary<string, RedisKey>(StringComparer.Ordinal);
        foreach (var issuer in fleet.Issuers) documents[issuer.Plan.Name] = await DocumentOf(redis, issuer);
        var evil = await Forge(fleet, redis, fleet["forged"], documents["forged"]);
        await Replace(redis, documents["moved"], await database.KeyDumpAsync(documents["authentic"]));
        await Edit("first bit", bytes => bytes[0] ^= 1);
        await Edit("middle bit", bytes => bytes[bytes.Length / 2] ^= 1);
        await Edit("last bit", bytes => bytes[^1] ^= 1);
        await database.StringSetAsync(documents["cut"], ((byte[])(await database.StringGetAsync(documents["cut"]))!)[..^40]);
        await database.StringSetAsync(documents["empty"], "");

        // The authentic document's issuer is away: nothing else can bring its keys.
        await fleet["authentic"].Server.Stop();
        await fleet.Replicas[1].Start();
        await fleet.Replicas[1].BecomesReady();
        await fleet.Replicas[1].Accepts(fleet["authentic"].Token());
        foreach (var name in Forged)
        {
            await fleet.Replicas[1].Accepts(fleet[name].Token());
            Assert.True(fleet[name].Fetches >= 2, $"The gateway took the document '{name}' for true.");
        }

        await fleet.Replicas[1].Refuses(fleet["forged"].Token(evil), "kid_unknown");

        async Task Edit(string name, Action<byte[]> edit)
        {
            var bytes = (byte[])(await database.StringGetAsync(documents[name]))!;
            edit(bytes);
            await database.StringSetAsync(documents[name], bytes);
        }
    }

    [Fact]
    public async Task Gateways_that_run_look_for_an_unknown_kid_past_a_forged_document_and_put_the_true_one_in_its_place()
    {
        await using var fleet = await GatewayFleet.StartAsync(new FleetPlan { Issuers = [new("corp") { Cooldown = TimeSpan.FromSeconds(1) }] });
        await using var redis = await fleet.Redis.ConnectAsync();
        var issuer = fleet.Issuer;
        await fleet.Accepts(issuer.Token());
        var evil = await Forge(fleet, redis, issuer, await DocumentOf(redis, issuer));

        await fleet.Refuses(issuer.Token(evil), "kid_unknown");
        await fleet.Accepts(issuer.Token());
        var next = issuer.NextKey();
        issuer.Publish(issuer.First, next);
        await Poll.Until(async () => (await fleet.Replicas[0].Get(issuer.Token(next))).IsSuccessStatusCode, what: "the cooldown is over");

        var fetches = issuer.Fetches;
        await fleet.Accepts(issuer.Token(next));
        Assert.Equal(fetches, issuer.Fetches);
        await fleet.Refuses(issuer.Token(evil), "kid_unknown");
    }

    [Fact]
    public async Task A_document_of_yesterday_put_back_brings_no_withdrawn_key_back_to_gateways_that_run()
    {
        await using var fleet = await GatewayFleet.StartAsync();
        await using var redis = await fleet.Redis.ConnectAsync();
        var database = redis.GetDatabase();
        var issuer = fleet.Issuer;
        var document = await DocumentOf(redis, issuer);
        var yesterday = await database.KeyDumpAsync(document);
        await fleet.Accepts(issuer.Token());

        var next = issuer.NextKey();
        issuer.Publish(next);
        await fleet.Accepts(issuer.Token(next));
        await Replace(redis, document, yesterday);
        await fleet.Refuses(issuer.Token(), "kid_unknown");
        await fleet.Accepts(issuer.Token(next));
    }

    /// <summary>A document that is right in every way, but for the MAC key: made by a gateway of the attacker's own, whom the issuer's address showed another key.</summary>
    private static async Task<NamedKey> Forge(GatewayFleet fleet, ConnectionMultiplexer redis, FleetIssuer issuer, RedisKey document)
    {
        var (evil, published) = (NamedKey.New("evil"), JsonNode.Parse(issuer.Server.JwksDocument())!["keys"]!.AsArray().Select(key => (JsonObject)key!.DeepClone()).ToArray());
        var macKey = Path.Combine(Path.GetDirectoryName(fleet.MacKeyFile)!, "another-mac-key");
        await File.WriteAllTextAsync(macKey, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        await using var elsewhere = await RedisServer.StartAsync();
        var json = fleet.Configuration();
        json["Sallyport"]!["Redis"]!["Configuration"] = elsewhere.Address;
        json["Sallyport"]!["Redis"]!["MacKey"]!["File"] = macKey;
        var trusted = (JsonObject)json["Sallyport"]!["TrustedIssuers"]!;
        foreach (var other in fleet.Issuers.Where(other => other != issuer)) trusted.Remove(other.Plan.Name);

        issuer.Server.Publish(evil.Jwk);
        await using var attacker = new Replica(99, json.ToJsonString(), new Dictionary<string, string>(), redisWire: null);
        await attacker.Start();
        await attacker.BecomesReady();
        await attacker.Accepts(issuer.Token(evil));
        issuer.Server.Publish(published);

        await using var loot = await elsewhere.ConnectAsync();
        await Replace(redis, document, await loot.GetDatabase().KeyDumpAsync(document));
        return evil;
    }

    /// <summary>The name under which the issuer's keys lie: that of the only document with its key in it.</summary>
    private static async Task<RedisKey> DocumentOf(ConnectionMultiplexer redis, FleetIssuer issuer)
    {
        var mark = (string)issuer.First.Jwk["x"]!;
        await foreach (var name in redis.GetServers().Single().KeysAsync(pattern: GatewayFleet.Prefix + "*:document"))
            if (((string)(await redis.GetDatabase().StringGetAsync(name))!).Contains(mark, StringComparison.Ordinal))
                return name;
        throw new Xunit.Sdk.XunitException($"No document of issuer {issuer.Plan.Name} lies in Redis.");
    }

    private static async Task Replace(ConnectionMultiplexer redis, RedisKey name, byte[]? dump)
    {
        Assert.NotNull(dump);
        await redis.GetDatabase().KeyDeleteAsync(name);
        await redis.GetDatabase().KeyRestoreAsync(name, dump);
    }
}

using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Sallyport.Tests.Support;
using Xunit.Sdk;

namespace Sallyport.Tests.Fleet;

/// <summary>
/// Gateways with one configuration, each a process of its own, that share one redis-server, before one upstream. Routes and
/// policies are those of <see cref="House"/>; <c>/any</c> takes a token of any of the trusted issuers.
/// </summary>
internal sealed class GatewayFleet : IAsyncDisposable
{
    public const string Prefix = "fleet:";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("sallyport-fleet-");
    private readonly List<FleetIssuer> _issuers = [];
    private readonly List<Replica> _replicas = [];
    private readonly FleetPlan _plan;

    private GatewayFleet(FleetPlan plan) => _plan = plan;

    public IReadOnlyList<Replica> Replicas => _replicas;

    public RedisServer Redis { get; private set; } = null!;

    public RecordingUpstream Upstream { get; private set; } = null!;

    /// <summary>Of the key that authenticates what the replicas keep in Redis.</summary>
    public string MacKeyFile => Path.Combine(_directory.FullName, "mac-key");

    public IReadOnlyList<FleetIssuer> Issuers => _issuers;

    /// <summary>The only issuer, or the first.</summary>
    public FleetIssuer Issuer => _issuers[0];

    public FleetIssuer this[string issuer] => _issuers.Single(candidate => candidate.Plan.Name == issuer);

    public static async Task<GatewayFleet> StartAsync(FleetPlan? plan = null)
    {
        var fleet = new GatewayFleet(plan ?? new FleetPlan());
        try
        {
            await fleet.Prepare();
            await fleet.Start();
            if (fleet._plan.IsReady) await fleet.BecomesReady();
            return fleet;
        }
        catch
        {
            await fleet.DisposeAsync();
            throw;
        }
    }

    /// <summary>The parts around the gateways; no gateway runs yet.</summary>
    public static async Task<GatewayFleet> PrepareAsync(FleetPlan? plan = null)
    {
        var fleet = new GatewayFleet(plan ?? new FleetPlan());
        try
        {
            await fleet.Prepare();
            return fleet;
        }
        catch
        {
            await fleet.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts all gateways at once and waits until they listen, ready or not.</summary>
    public Task Start() => Task.WhenAll(_replicas.Select(replica => replica.Start()));

    public Task BecomesReady(TimeSpan? deadline = null) => Task.WhenAll(_replicas.Select(replica => replica.BecomesReady(deadline)));

    /// <summary>All replicas say that they miss Redis.</summary>
    public Task MissesRedis() => Task.WhenAll(_replicas.Select(replica => replica.MissesRedis()));

    /// <summary>Every replica accepts the token, one after the other.</summary>
    public async Task Accepts(string token, string path = "/any")
    {
        foreach (var replica in _replicas) await replica.Accepts(token, path);
    }

    /// <summary>Every replica refuses the token, one after the other.</summary>
    public async Task Refuses(string token, string reason, string path = "/any")
    {
        foreach (var replica in _replicas) await replica.Refuses(token, reason, path);
    }

    /// <summary>Within a few seconds every replica refuses the token as revoked.</summary>
    public Task ComesToRefuse(string token) => Task.WhenAll(_replicas.Select(replica => replica.ComesToRefuse(token)));

    /// <summary>Runs <c>revoke</c> for <see cref="Issuer"/>, as an operator does, with the options that say what.</summary>
    public async Task Revoke(params string[] what)
    {
        var result = await Verb(["revoke", "--issuer", Issuer.Plan.Name, .. what]);
        Assert.True(result.ExitCode == 0, $"{result.ExitCode}\n{result.Output}\n{result.Errors}");
    }

    /// <summary>Within the time that replicas have to write back what Redis lost, <c>revocations list</c>, which knows only what lies there, shows the word.</summary>
    public async Task ComesToList(string word)
    {
        ProcessResult? last = null;
        try
        {
            await Poll.Until(async () => (last = await Verb("revocations", "list", "--json")).Output.Contains(word, StringComparison.Ordinal), TimeSpan.FromSeconds(40));
        }
        catch (XunitException late)
        {
            throw new XunitException($"{late.Message}\n{last}\n{Story()}", late);
        }
    }

    /// <summary>What the replicas that run have said so far.</summary>
    public string Story() => string.Concat(_replicas.Select(replica => $"--- replica {replica.Number}\n{replica.Said}"));

    /// <summary>Runs a verb with the fleet's configuration, in a process of its own.</summary>
    public Task<ProcessResult> Verb(params string[] arguments) => GatewayProcess.RunAsync(
        [.. arguments, "--config", "gateway.json"],
        new Dictionary<string, string>(_plan.Environment) { ["DOTNET_ENVIRONMENT"] = "Development" },
        new Dictionary<string, string> { ["gateway.json"] = Configuration().ToJsonString() });

    /// <summary>The configuration of one replica, for a verb or for a gateway in the test's own process.</summary>
    public JsonObject Configuration(Wire? redisWire = null)
    {
        var json = House.Configuration(Issuer.Server, Upstream);
        json["Urls"] = "http://127.0.0.1:0";
        var sallyport = (JsonObject)json["Sallyport"]!;
        sallyport["Admin"] = new JsonObject { ["Url"] = "http://127.0.0.1:0" };
        sallyport["TrustedIssuers"] = new JsonObject(_issuers.Select(issuer => KeyValuePair.Create(issuer.Plan.Name, (JsonNode?)issuer.Configuration())));
        sallyport["Policies"]!["any"] = new JsonObject { ["Required"] = true };
        var redis = new JsonObject
        {
            ["Configuration"] = redisWire is null ? Redis.Address : $"127.0.0.1:{redisWire.Port}",
            ["Prefix"] = Prefix,
            ["MacKey"] = new JsonObject { ["File"] = MacKeyFile },
        };
        if (_plan.RedisTimeout is { } timeout) redis["Timeout"] = timeout.ToString("c");
        sallyport[nameof(Redis)] = redis;
        _plan.Edit?.Invoke(json);
        return json;
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_replicas.Select(replica => replica.DisposeAsync().AsTask()));
        if (Redis is not null) await Redis.DisposeAsync();
        foreach (var issuer in _issuers) await issuer.DisposeAsync();
        if (Upstream is not null) await Upstream.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    private async Task Prepare()
    {
        await File.WriteAllTextAsync(MacKeyFile, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)) + "\n");
        Redis = await RedisServer.StartAsync(_plan.RedisOptions);
        if (!_plan.IsRedisRunning) await Redis.Kill();
        Upstream = await RecordingUpstream.StartAsync();
        foreach (var issuer in _plan.Issuers) _issuers.Add(await FleetIssuer.StartAsync(issuer));
        for (var number = 0; number < _plan.Replicas; number++)
        {
            var wire = _plan.HasRedisWires ? new Wire(Redis.Port) : null;
            var configuration = Configuration(wire);
            _plan.EditEach?.Invoke(number, configuration);
            _replicas.Add(new Replica(number, configuration.ToJsonString(), _plan.Environment, wire));
        }
    }
}

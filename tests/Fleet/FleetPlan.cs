using System.Text.Json.Nodes;

namespace Sallyport.Tests.Fleet;

/// <summary>What a fleet is made of.</summary>
internal sealed record FleetPlan
{
    public int Replicas { get; init; } = 3;

    public IReadOnlyList<IssuerPlan> Issuers { get; init; } = [new("corp")];

    /// <summary>
    /// The longest that a request waits for Redis. Long unless told otherwise: a test that counts fetches must not take a starved
    /// machine for a lost Redis. Null: the gateway's own default.
    /// </summary>
    public TimeSpan? RedisTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>False: nothing listens at the configured address until <see cref="Support.RedisServer.StartAgain"/>.</summary>
    public bool IsRedisRunning { get; init; } = true;

    /// <summary>More of redis-server's own options, name and value as two strings.</summary>
    public string[] RedisOptions { get; init; } = [];

    /// <summary>Whether each replica reaches Redis over a <see cref="Support.Wire"/> of its own.</summary>
    public bool HasRedisWires { get; init; }

    /// <summary>False: the fleet is handed over when all listen, ready or not.</summary>
    public bool IsReady { get; init; } = true;

    /// <summary>Changes the configuration that all replicas get.</summary>
    public Action<JsonObject>? Edit { get; init; }

    /// <summary>Changes, after that, the configuration of the replica of that number.</summary>
    public Action<int, JsonObject>? EditEach { get; init; }

    /// <summary>Added to the environment of every replica.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
}

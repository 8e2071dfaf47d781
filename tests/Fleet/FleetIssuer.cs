using System.Text.Json.Nodes;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Fleet;

/// <summary>One trusted issuer of a fleet: its server, its keys and its tokens. It begins with one published key, <c>k1</c>.</summary>
internal sealed class FleetIssuer : IAsyncDisposable
{
    private readonly Queue<NamedKey> _rotated;
    private NamedKey _newest;
    private int _made = 1;

    private FleetIssuer(IssuerPlan plan, IssuerServer server, NamedKey first)
    {
        (Plan, Server, First, _newest, _rotated) = (plan, server, first, first, new Queue<NamedKey>([first]));
        if (plan.HasWire) Wire = new Wire(new Uri(server.Url).Port);
    }

    public IssuerPlan Plan { get; }

    public IssuerServer Server { get; }

    /// <summary>Between the replicas and it; null without one.</summary>
    public Wire? Wire { get; }

    /// <summary>The key of kid <c>k1</c>, ES256.</summary>
    public NamedKey First { get; }

    /// <summary>The key that came last by <see cref="Rotate"/>.</summary>
    public NamedKey Newest => Volatile.Read(ref _newest);

    /// <summary>Requests for its keys so far, from all replicas.</summary>
    public int Fetches => Server.JwksHits;

    public static async Task<FleetIssuer> StartAsync(IssuerPlan plan)
    {
        var first = NamedKey.New("k1");
        return new FleetIssuer(plan, await IssuerServer.StartAsync(first.Jwk), first);
    }

    /// <summary>Makes the key of the next kid (<c>k2</c>, <c>k3</c>, ...), published nowhere yet.</summary>
    public NamedKey NextKey(string algorithm = "ES256") => NamedKey.New($"k{Interlocked.Increment(ref _made)}", algorithm);

    /// <summary>Publishes one more key, and signs with it from then on. Those before stay: a token may be on its way for long on a busy machine.</summary>
    public void Rotate(int kept = int.MaxValue, string algorithm = "ES256")
    {
        _rotated.Enqueue(NextKey(algorithm));
        while (_rotated.Count > kept) _rotated.Dequeue();
        Publish(_rotated);
        Volatile.Write(ref _newest, _rotated.Last());
    }

    /// <summary>Replaces the whole published set.</summary>
    public void Publish(params IEnumerable<NamedKey> keys) => Server.Publish([.. keys.Select(key => key.Jwk)]);

    /// <summary>Claims that the fleet accepts, for ten minutes.</summary>
    public JsonObject Claims(Action<JsonObject>? edit = null)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var claims = new JsonObject
        {
            ["iss"] = Server.Issuer,
            ["sub"] = "alice",
            ["aud"] = House.Audience,
            ["iat"] = now,
            ["exp"] = now + 600,
            ["jti"] = Guid.NewGuid().ToString(),
        };
        edit?.Invoke(claims);
        return claims;
    }

    /// <summary>A token that no replica has seen before, signed by <see cref="First"/> unless told otherwise.</summary>
    public string Token(NamedKey? key = null, Action<JsonObject>? edit = null)
    {
        key ??= First;
        return TokenForge.Token(key.Key, Claims(edit), key.Kid);
    }

    /// <summary>Its entry under <c>TrustedIssuers</c>.</summary>
    public JsonObject Configuration() => new()
    {
        ["Issuer"] = Server.Issuer,
        ["Audiences"] = new JsonArray(House.Audience),
        ["Algorithms"] = new JsonArray("ES256", "RS256", "EdDSA"),
        ["Required"] = Plan.Required,
        ["Keys"] = new JsonObject
        {
            ["JwksUri"] = Wire is null ? Server.JwksUri : $"http://127.0.0.1:{Wire.Port}/.well-known/jwks.json",
            ["SoftExpiry"] = Plan.SoftExpiry.ToString("c"),
            ["Cooldown"] = Plan.Cooldown.ToString("c"),
            ["Timeout"] = Plan.Timeout.ToString("c"),
        },
    };

    public async ValueTask DisposeAsync()
    {
        if (Wire is not null) await Wire.DisposeAsync();
        await Server.DisposeAsync();
    }
}

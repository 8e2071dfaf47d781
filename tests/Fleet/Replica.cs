using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Sallyport.Tests.Support;
using Xunit.Sdk;

namespace Sallyport.Tests.Fleet;

/// <summary>One gateway of a fleet, a process of its own; it can be killed and started again.</summary>
internal sealed class Replica : IAsyncDisposable
{
    private readonly string _configuration;
    private readonly IReadOnlyDictionary<string, string> _environment;
    private GatewayProcess? _process;
    private HttpClient? _client;
    private HttpClient? _admin;

    public Replica(int number, string configuration, IReadOnlyDictionary<string, string> environment, Wire? redisWire)
    {
        (Number, _configuration, RedisWire) = (number, configuration, redisWire);
        _environment = new Dictionary<string, string>(environment) { ["DOTNET_ENVIRONMENT"] = "Development" };
    }

    /// <summary>From 0.</summary>
    public int Number { get; }

    /// <summary>Between this replica and Redis; null without one.</summary>
    public Wire? RedisWire { get; }

    public GatewayProcess Process => _process ?? throw new InvalidOperationException($"Replica {Number} does not run.");

    public int ProcessId => Process.ProcessId;

    /// <summary>All that its process wrote; empty when it does not run.</summary>
    public string Said => _process is { } process ? process.Output + process.Errors : "";

    /// <summary>Of the proxy; another one after each start.</summary>
    public HttpClient Client => Volatile.Read(ref _client) ?? throw new InvalidOperationException($"Replica {Number} does not run.");

    /// <summary>Starts the process and waits until the proxy and health listen.</summary>
    public async Task Start()
    {
        _process = await GatewayProcess.StartAsync(["serve", "--config", "gateway.json"], _environment, new Dictionary<string, string> { ["gateway.json"] = _configuration });
        _admin = ClientOf(await Address("Health answers at "));
        Volatile.Write(ref _client, ClientOf(await Address("Now listening on: ")));
    }

    /// <summary>SIGKILL: a crash.</summary>
    public async Task Kill()
    {
        if (_process is not { } process) return;
        _process = null;
        await process.DisposeAsync();
        _client?.Dispose();
        _admin?.Dispose();
    }

    /// <summary>A crash, and a new process with the same configuration, listening again, ready or not.</summary>
    public async Task Restart()
    {
        await Kill();
        await Start();
    }

    /// <summary>The answer of <c>/health/ready</c>.</summary>
    public async Task<ReplicaHealth> Health()
    {
        using var answer = await _admin!.GetAsync("/health/ready");
        return new ReplicaHealth((int)answer.StatusCode, (JsonObject)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!);
    }

    /// <summary>Waits for a health; what it was last is told when it does not come.</summary>
    public async Task Becomes(Func<ReplicaHealth, bool> wanted, string what, TimeSpan? deadline = null)
    {
        var last = await Health();
        try
        {
            await Poll.Until(async () => wanted(last = await Health()), deadline ?? TimeSpan.FromSeconds(20), what);
        }
        catch (XunitException late)
        {
            throw new XunitException($"{late.Message}\nHealth of replica {Number}: {last}\n{Said}", late);
        }
    }

    public Task BecomesReady(TimeSpan? deadline = null) => Becomes(health => health.IsReady, "the replica is ready", deadline);

    /// <summary>Degraded, for a reason that speaks of Redis; still 200.</summary>
    public Task MissesRedis(TimeSpan? deadline = null) =>
        Becomes(health => health is { Code: 200, Status: "Degraded" } && health.Mentions("Redis"), "the replica is degraded and names Redis", deadline);

    public async Task<HttpResponseMessage> Get(string? token, string path = "/any", HttpClient? client = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await (client ?? Client).SendAsync(request);
    }

    public async Task Accepts(string token, string path = "/any")
    {
        using var answer = await Get(token, path);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"Replica {Number}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}\n{Said}");
    }

    public async Task Refuses(string token, string reason, string path = "/any")
    {
        using var answer = await Get(token, path);
        Assert.Equal((Number, 401, reason), await Problem(answer));
    }

    /// <summary>Within a few seconds it refuses the token as revoked.</summary>
    public async Task ComesToRefuse(string token)
    {
        await Poll.UntilAnswered(async () => (await Get(token)).StatusCode != HttpStatusCode.OK, what: $"replica {Number} refuses what was revoked");
        await Refuses(token, "token_revoked");
    }

    /// <summary>An answer of 503 with the reason, and when to come again.</summary>
    public async Task<TimeSpan> IsUnavailable(string token, string reason = "keys_unavailable", string path = "/any")
    {
        using var answer = await Get(token, path);
        Assert.Equal((Number, 503, reason), await Problem(answer));
        Assert.NotNull(answer.Headers.RetryAfter?.Delta);
        return answer.Headers.RetryAfter.Delta.Value;
    }

    public async ValueTask DisposeAsync()
    {
        await Kill();
        if (RedisWire is not null) await RedisWire.DisposeAsync();
    }

    private async Task<(int Number, int Status, string Reason)> Problem(HttpResponseMessage answer)
    {
        var (status, reason) = answer.IsSuccessStatusCode ? ((int)answer.StatusCode, "none") : await House.Problem(answer);
        return (Number, status, reason);
    }

    private async Task<Uri> Address(string before)
    {
        // A gateway that waits for its signing key listens late.
        var line = await Process.Line(before + "http://127.0.0.1:", TimeSpan.FromSeconds(90));
        return new Uri(line[line.IndexOf("http://", StringComparison.Ordinal)..].Trim());
    }

    private static HttpClient ClientOf(Uri address) => new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false })
    {
        BaseAddress = new Uri(address.GetLeftPart(UriPartial.Authority)),
        Timeout = TimeSpan.FromSeconds(30),
    };
}

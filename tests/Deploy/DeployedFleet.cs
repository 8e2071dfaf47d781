using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Deploy;

/// <summary>
/// What docker-compose.yml starts, as processes of this machine: the very files, commands and variables, with loopback addresses in the
/// place of its names. Instead of the collector there is a receiver that the test can ask, and instead of the load balancer the test.
/// </summary>
internal sealed class DeployedFleet : IAsyncDisposable
{
    /// <summary>Name and password of a user who may see everything in Redis.</summary>
    public const string Observer = "observer";

    private const string Bearer = "Authorization: Bearer ";

    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    private readonly ComposeFile _compose = ComposeFile.Read();
    private readonly List<GatewayProcess> _gateways = [];
    private readonly List<HttpClient> _clients = [];
    private readonly List<(int Proxy, int Admin)> _ports = [];
    private readonly int _upstreamPort = FreePort.Next();
    private readonly int _issuerPort = FreePort.Next();
    private ComposeSecrets _secrets = null!;
    private RedisServer _redis = null!;
    private OtlpReceiver _collector = null!;
    private GatewayProcess _demonstration = null!;

    public RedisServer Redis => _redis;

    public OtlpReceiver Collector => _collector;

    public ComposeSecrets Secrets => _secrets;

    /// <summary>One for each gateway.</summary>
    public IReadOnlyList<HttpClient> Clients => _clients;

    public static async Task<DeployedFleet> StartAsync()
    {
        var fleet = new DeployedFleet();
        try
        {
            await fleet.Start();
        }
        catch
        {
            await fleet.DisposeAsync();
            throw;
        }

        return fleet;
    }

    /// <summary>The token of a printed request, found by a word of its title.</summary>
    public async Task<string> Token(string title)
    {
        await _demonstration.Line(title);
        string? request = null;
        // The title is there before its request is, and the log may say something between them.
        await Poll.Until(() =>
        {
            var lines = _demonstration.Output.Split('\n')[..^1];
            request = lines.SkipWhile(line => !line.Contains(title, StringComparison.Ordinal)).FirstOrDefault(line => line.Contains(Bearer, StringComparison.Ordinal));
            return request is not null;
        });
        return request!.Split(Bearer)[1].TrimEnd('\'');
    }

    /// <summary>Sends the same request to every gateway in turn.</summary>
    public async Task<IReadOnlyList<HttpResponseMessage>> AskAll(string path, string? token = null)
    {
        var answers = new List<HttpResponseMessage>();
        foreach (var client in _clients)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            answers.Add(await client.SendAsync(request));
        }

        return answers;
    }

    public async Task<IReadOnlyList<HttpStatusCode>> Statuses(string path, string? token = null)
    {
        var answers = await AskAll(path, token);
        foreach (var answer in answers) answer.Dispose();
        return [.. answers.Select(answer => answer.StatusCode)];
    }

    /// <summary>The demonstration again: with a new key.</summary>
    public async Task RestartDemonstration()
    {
        await _demonstration.StopAsync();
        await _demonstration.DisposeAsync();
        await StartDemonstration();
    }

    /// <summary>Runs a verb as <c>docker compose exec gateway sallyport … --config /run/secrets/redis.json</c> does, at one of the gateways.</summary>
    public Task<ProcessResult> Verb(params string[] arguments) =>
        GatewayProcess.RunAsync([.. arguments, "--config", "redis.json"], Variables(), Files(_ports[0].Proxy, _ports[0].Admin));

    /// <summary>SIGTERM to every gateway: what they measured reaches the collector.</summary>
    public async Task StopGateways()
    {
        foreach (var gateway in _gateways) Assert.Equal(0, await gateway.StopAsync());
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients) client.Dispose();
        foreach (var gateway in _gateways) await gateway.DisposeAsync();
        if (_demonstration is not null) await _demonstration.DisposeAsync();
        if (_collector is not null) await _collector.DisposeAsync();
        if (_redis is not null) await _redis.DisposeAsync();
        _secrets?.Dispose();
    }

    private async Task Start()
    {
        _secrets = await ComposeSecrets.MakeAsync();
        var users = Path.Combine(_secrets.Folder, "users-and-observer.acl");
        await File.WriteAllTextAsync(users, _secrets["users.acl"] + $"user {Observer} on >{Observer} ~* &* +@all\n");
        _redis = await RedisServer.StartAsync("--include", _compose.Mounts("redis").Single(mount => mount.Target == "/etc/redis.conf").Source, "--aclfile", users);
        _collector = await OtlpReceiver.StartAsync(HttpProtocols.Http2);
        await StartDemonstration();
        var replicas = int.Parse((string)_compose.Services["gateway"]["deploy"]!["replicas"]!);
        // All at once, as compose does it.
        await Task.WhenAll(Enumerable.Range(0, replicas).Select(_ => StartGateway()));
    }

    private async Task StartDemonstration()
    {
        var admin = FreePort.Next();
        var json = _compose.Mounted("demonstration", "/etc/sallyport/appsettings.json")
            .Replace("http://0.0.0.0:8080", $"http://127.0.0.1:{_issuerPort}", StringComparison.Ordinal)
            .Replace("http://0.0.0.0:8082", $"http://127.0.0.1:{_upstreamPort}", StringComparison.Ordinal);
        _demonstration = await GatewayProcess.StartAsync(
            _compose.Command("demonstration"),
            new Dictionary<string, string>(_compose.Environment("demonstration"), StringComparer.Ordinal) { ["Sallyport__Admin__Url"] = $"http://127.0.0.1:{admin}" },
            new Dictionary<string, string> { ["appsettings.json"] = json });
        await Healthy("demonstration", admin);
    }

    private async Task StartGateway()
    {
        var (port, admin) = (FreePort.Next(), FreePort.Next());
        var command = _compose.Command("gateway").Select(word => word.Replace(ComposeSecrets.InContainer + "/", "", StringComparison.Ordinal));
        var gateway = await GatewayProcess.StartAsync(command, Variables(), Files(port, admin));
        lock (_gateways) _gateways.Add(gateway);
        await Healthy("gateway", admin);
        lock (_gateways)
        {
            _clients.Add(new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") });
            _ports.Add((port, admin));
        }
    }

    private Dictionary<string, string> Variables() => new(_compose.Environment("gateway"), StringComparer.Ordinal)
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = _collector.Url,
        // Longer than the test: each gateway sends its sums once, in the end.
        ["OTEL_METRIC_EXPORT_INTERVAL"] = "600000",
        // What is asked is who fetches, not how fast a busy machine answers.
        ["Sallyport__Redis__Timeout"] = "00:00:05",
    };

    /// <summary>What a gateway's container has: its configuration, and the secret that its command names.</summary>
    private Dictionary<string, string> Files(int port, int admin) => new(StringComparer.Ordinal)
    {
        ["appsettings.json"] = _compose.Mounted("gateway", "/etc/sallyport/appsettings.json")
            .Replace("http://0.0.0.0:8080", $"http://127.0.0.1:{port}", StringComparison.Ordinal)
            .Replace("http://0.0.0.0:8081", $"http://127.0.0.1:{admin}", StringComparison.Ordinal)
            .Replace("http://demonstration:8080", $"http://127.0.0.1:{_issuerPort}", StringComparison.Ordinal)
            .Replace("http://demonstration:8082", $"http://127.0.0.1:{_upstreamPort}", StringComparison.Ordinal)
            .Replace(ComposeSecrets.InContainer, _secrets.Folder, StringComparison.Ordinal),
        ["redis.json"] = _secrets["redis.json"].Replace("redis:6379", _redis.Address, StringComparison.Ordinal),
    };

    /// <summary>Runs the health check of the compose file until it is content.</summary>
    private Task Healthy(string service, int admin) => Poll.Until(
        async () =>
        {
            var words = _compose.HealthCheck(service);
            Assert.Equal("CMD", words[0]);
            var script = words[^1].Replace("/127.0.0.1/8081", $"/127.0.0.1/{admin}", StringComparison.Ordinal);
            using var check = Process.Start(new ProcessStartInfo(words[1], [.. words.Skip(2).SkipLast(1), script]) { RedirectStandardError = true, UseShellExecute = false })!;
            await check.StandardError.ReadToEndAsync();
            await check.WaitForExitAsync();
            return check.ExitCode == 0;
        },
        Long,
        $"the health check of {service} passes");
}

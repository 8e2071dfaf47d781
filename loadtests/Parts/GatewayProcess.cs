using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace Sallyport.LoadTests.Parts;

/// <summary>The real gateway as a process, with a configuration of its own.</summary>
internal sealed class GatewayProcess : IAsyncDisposable
{
    private static readonly TimeSpan ReadyDeadline = TimeSpan.FromSeconds(30);

    private readonly HttpClient _admin = new();

    private GatewayProcess(ChildProcess process, string adminUrl) => (Process, AdminUrl) = (process, adminUrl);

    public ChildProcess Process { get; }

    public string AdminUrl { get; }

    public IPEndPoint EndPoint => Process.EndPoint;

    /// <summary>Starts it and waits until it listens.</summary>
    /// <param name="configure">Given where it will listen and where its health will answer, returns its configuration.</param>
    /// <param name="directory">Its working directory, where its configuration is written.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public static async Task<GatewayProcess> StartAsync(Func<string, string, JsonObject> configure, string directory, CancellationToken cancellation)
    {
        var (port, adminPort) = (ChildProcess.FreePort(), ChildProcess.FreePort());
        var adminUrl = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{adminPort}");
        var configuration = configure(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"), adminUrl);
        var file = Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"gateway-{port}.json"));
        await File.WriteAllTextAsync(file, configuration.ToJsonString(), cancellation);
        return new GatewayProcess(await ChildProcess.StartAsync("sallyport.dll", directory, port, ["serve", "--config", file], cancellation), adminUrl);
    }

    /// <summary>Waits until it says that it is ready: it has its issuers' keys.</summary>
    /// <exception cref="InvalidOperationException">It was not in time.</exception>
    public async Task BecomeReadyAsync(CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var (status, said) = await HealthAsync(cancellation);
            if (status == HttpStatusCode.OK) return;
            if (watch.Elapsed > ReadyDeadline) throw new InvalidOperationException($"The gateway is not ready: {said}");
            await Task.Delay(20, cancellation);
        }
    }

    /// <summary>What <c>/health/ready</c> answers.</summary>
    public async Task<(HttpStatusCode Status, string Said)> HealthAsync(CancellationToken cancellation)
    {
        using var answer = await _admin.GetAsync(AdminUrl + "/health/ready", cancellation);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(cancellation));
    }

    public async ValueTask DisposeAsync()
    {
        _admin.Dispose();
        await Process.DisposeAsync();
    }
}

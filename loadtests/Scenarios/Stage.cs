using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NBomber.Contracts;
using NBomber.Contracts.Stats;
using NBomber.CSharp;

namespace Sallyport.LoadTests.Scenarios;

/// <summary>What a scenario plays on: an issuer and an upstream from the beginning, Redis and gateways when asked; all ends with it.</summary>
/// <remarks>
/// <code>
///   this process                 processes
///   load, issuer (keys)   -->    gateway, or several  -->  upstream
///                                  | share keys
///                                redis-server
/// </code>
/// </remarks>
internal sealed partial class Stage : IAsyncDisposable
{
    /// <summary>The file with the key that authenticates what gateways share.</summary>
    public const string MacKey = "mac-key";

    private const double SlowerBy = 2;
    private const double Jitter = 10;

    private static readonly ReportFormat[] Formats = [ReportFormat.Txt, ReportFormat.Csv, ReportFormat.Md, ReportFormat.Html];

    private readonly DirectoryInfo _directory = System.IO.Directory.CreateTempSubdirectory("sallyport-load-");
    private readonly Stack<IAsyncDisposable> _started = new();
    private readonly List<(bool? Holds, string Fact)> _facts = [];

    private Stage(ScenarioShape shape) => Shape = shape;

    public ScenarioShape Shape { get; }

    /// <summary>Where the processes run; deleted in the end.</summary>
    public string Directory => _directory.FullName;

    public IssuerHost Issuer { get; private set; } = null!;

    public ChildProcess Upstream { get; private set; } = null!;

    /// <summary>Null until it was asked for.</summary>
    public RedisProcess? Redis { get; private set; }

    public static async Task<Stage> OpenAsync(ScenarioShape shape, CancellationToken cancellation)
    {
        var stage = new Stage(shape);
        try
        {
            stage.Issuer = stage.Keep(await IssuerHost.StartAsync(cancellation, "ES256", "RS256", "EdDSA"));
            var port = ChildProcess.FreePort();
            stage.Upstream = stage.Keep(await ChildProcess.StartAsync("sallyport-loadtests.dll", stage.Directory, port, ["upstream", $"{port}"], cancellation));
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    /// <summary>Gateways that are started after it share it.</summary>
    public async Task<RedisProcess> StartRedisAsync(CancellationToken cancellation)
    {
        await File.WriteAllBytesAsync(Path.Combine(Directory, MacKey), RandomNumberGenerator.GetBytes(32), cancellation);
        return Redis = Keep(await RedisProcess.StartAsync(Directory, cancellation));
    }

    /// <summary>Starts a gateway and waits until it is ready.</summary>
    /// <param name="adjust">Changes its configuration.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public async Task<GatewayProcess> StartGatewayAsync(Action<JsonObject>? adjust, CancellationToken cancellation)
    {
        var gateway = Keep(await GatewayProcess.StartAsync((url, adminUrl) => Configuration(url, adminUrl, adjust), Directory, cancellation));
        await gateway.BecomeReadyAsync(cancellation);
        return gateway;
    }

    /// <summary>What a gateway of this stage is told; it fetches the issuer's keys.</summary>
    public JsonObject Configuration(string url, string adminUrl, Action<JsonObject>? adjust = null)
    {
        var configuration = GatewayConfiguration.Of(url, adminUrl, Issuer.Url, new JsonObject { ["JwksUri"] = Issuer.JwksUri }, Upstream.Url);
        if (Redis is { } redis) GatewayConfiguration.ShareThrough(configuration, redis.EndPoint, MacKey);
        adjust?.Invoke(configuration);
        return configuration;
    }

    /// <summary>Something more that ends with the stage, before what was started earlier.</summary>
    public T Keep<T>(T started)
        where T : IAsyncDisposable
    {
        _started.Push(started);
        return started;
    }

    /// <summary>Runs these scenarios at the same time, with reports named after the test. A threshold that fails fails the run.</summary>
    public async Task<NodeStats> RunAsync(string test, params ScenarioProps[] scenarios)
    {
        var stats = await Task.Run(() => NBomberRunner.RegisterScenarios(scenarios)
            .WithTestSuite("Sallyport").WithTestName(test)
            .WithReportFolder(Shape.Reports).WithReportFileName(test).WithReportFormats(Formats)
            .Run());
        foreach (var threshold in stats.Thresholds)
            Expect(!threshold.IsFailed, $"{threshold.ScenarioName}: {(threshold.StepName.Length == 0 ? "" : threshold.StepName + ": ")}{Closure().Replace(threshold.CheckExpression, "")}");
        return stats;
    }

    /// <summary>States what must hold, for what a threshold cannot see.</summary>
    public void Expect(bool holds, FormattableString fact)
    {
        _facts.Add((holds, fact.ToString(CultureInfo.InvariantCulture)));
        IsFailed |= !holds;
    }

    /// <summary>States that nobody waited much longer than in a base phase of the same run.</summary>
    public void ExpectAsFast(string when, LatencyStats latency, string baseName, LatencyStats atBase) => Expect(
        latency.Percent99 <= atBase.Percent99 * SlowerBy + Jitter,
        $"{when}: p99 {latency.Percent99:0.0} ms, {atBase.Percent99:0.0} {baseName}: at most {SlowerBy:0} times as much and {Jitter:0} ms");

    /// <summary>States what was seen, good or bad.</summary>
    public void Note(FormattableString fact) => _facts.Add((null, fact.ToString(CultureInfo.InvariantCulture)));

    /// <summary>What held and what did not, a line each.</summary>
    public IEnumerable<string> Facts =>
        _facts.Select(fact => $"{fact.Holds switch { true => "holds  ", false => "FAILED ", null => "       " }} {fact.Fact}");

    public bool IsFailed { get; private set; }

    /// <summary>Prints what held and what did not.</summary>
    /// <returns>The exit code: 1 where something did not hold.</returns>
    public int Conclude()
    {
        // A line each, however long: the width of a terminal is no reason to break one that somebody searches.
        foreach (var fact in Facts) Console.WriteLine(fact);
        Console.WriteLine($"{(IsFailed ? "FAILED " : "passed ")} {Shape.Name}; reports in {Path.GetFullPath(Shape.Reports)}");
        return IsFailed ? 1 : 0;
    }

    public async ValueTask DisposeAsync()
    {
        while (_started.TryPop(out var started)) await started.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    // A captured variable is written with the type that the compiler keeps it in.
    [GeneratedRegex(@"value\([^)]*\)\.", RegexOptions.NonBacktracking)]
    private static partial Regex Closure();
}

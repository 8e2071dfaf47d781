using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Sallyport.LoadTests.Flat;

/// <summary>Both gateways of a dimension in one run, and what they cost.</summary>
internal sealed class SideBySide : IAsyncDisposable
{
    private const string Bare = "bare YARP, any";

    // A key for ES256 gets its table after 1,000 signatures, and there are 64.
    private const int WarmUpRequests = 70_000;

    private readonly Dimension _dimension;
    private readonly GatewayProcess _small;
    private readonly GatewayProcess _large;
    private readonly List<ChildProcess> _bare = [];

    private SideBySide(Dimension dimension, (GatewayProcess Gateway, TimeSpan Start) small, (GatewayProcess Gateway, TimeSpan Start) large)
    {
        _dimension = dimension;
        ((_small, SmallStart), (_large, LargeStart)) = (small, large);
    }

    /// <summary>Until it is ready.</summary>
    public TimeSpan SmallStart { get; }

    public TimeSpan LargeStart { get; }

    /// <summary>Resident, in MiB.</summary>
    public double SmallMemory { get; private set; }

    public double LargeMemory { get; private set; }

    public static async Task<SideBySide> StartAsync(Dimension dimension, string upstream, string directory, CancellationToken cancellation)
    {
        var small = await Start(dimension.Small);
        SideBySide? sides = null;
        try
        {
            sides = new SideBySide(dimension, small, await Start(dimension.Large));
            if (dimension.BareRoutes is var (few, many))
                foreach (var routes in (int[])[few, many])
                    sides._bare.Add(await Bare(routes));
            return sides;
        }
        catch
        {
            await (sides?.DisposeAsync() ?? small.Gateway.DisposeAsync());
            throw;
        }

        Task<ChildProcess> Bare(int routes)
        {
            var port = ChildProcess.FreePort();
            return ChildProcess.StartAsync("sallyport-loadtests.dll", directory, port, ["bare-yarp", $"{port}", upstream, "--services", $"{routes}"], cancellation);
        }

        async Task<(GatewayProcess Gateway, TimeSpan Start)> Start(Side side)
        {
            var watch = Stopwatch.StartNew();
            var gateway = await GatewayProcess.StartAsync(
                (url, adminUrl) =>
                {
                    var json = GatewayConfiguration.Of(url, adminUrl, TokenForge.Issuer, [], upstream);
                    json["Sallyport"]!["VerifiedTokens"] = new JsonObject { ["MaxEntries"] = Dimension.Seen };
                    side.Change(json);
                    return json;
                },
                directory,
                cancellation);
            try
            {
                await gateway.BecomeReadyAsync(cancellation);
                return (gateway, watch.Elapsed);
            }
            catch
            {
                await gateway.DisposeAsync();
                throw;
            }
        }
    }

    /// <summary>For each kind of request, what it costs on either side.</summary>
    public async Task<IReadOnlyList<FlatLine>> MeasureAsync(LoadShape shape, bool isQuick, CancellationToken cancellation)
    {
        string[] kinds = [.. _dimension.Small.Requests.Keys];
        var lines = new List<Traffic>();
        foreach (var kind in kinds)
        {
            lines.Add(new(NameOf(_dimension.Small, kind), _small.Process, _dimension.Small.Requests[kind]));
            lines.Add(new(NameOf(_dimension.Large, kind), _large.Process, _dimension.Large.Requests[kind]));
        }

        if (_bare.Count > 0)
        {
            lines.Add(new(NameOf(_dimension.Small, Bare), _bare[0], _dimension.Small.Requests[kinds[0]]));
            lines.Add(new(NameOf(_dimension.Large, Bare), _bare[1], _dimension.Large.Requests[kinds[0]]));
            kinds = [.. kinds, Bare];
        }

        foreach (var line in isQuick ? [] : lines)
        {
            await using var generator = await LoadGenerator.ConnectAsync(line, shape.Connections, cancellation);
            await generator.RunAsync(WarmUpRequests, cancellation);
        }

        var samples = await Rounds.MeasureAsync([.. lines], shape, cancellation);
        (SmallMemory, LargeMemory) = (_small.Process.Memory(isPeak: false), _large.Process.Memory(isPeak: false));
        return
        [
            .. kinds.Select(kind => new FlatLine(_dimension, kind, samples[NameOf(_dimension.Small, kind)], samples[NameOf(_dimension.Large, kind)]) { IsJudged = kind != Bare }),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        await _small.DisposeAsync();
        await _large.DisposeAsync();
        foreach (var bare in _bare) await bare.DisposeAsync();
    }

    private static string NameOf(Side side, string kind) => string.Create(CultureInfo.InvariantCulture, $"{side.Name}, {kind}");
}

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Sallyport.LoadTests.Compare;

/// <summary>From the start of a process to its first 200: of the gateway with a token, of bare YARP with the same request.</summary>
internal static class StartTime
{
    private const int Starts = 5;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    /// <summary>Seconds, of bare YARP and the gateway in turn.</summary>
    public static async Task<Pair> MeasureAsync(Launcher launcher, TokenForge forge, CancellationToken cancellation)
    {
        var request = Traffic.Get("/orders/acme/17", forge.Token("ES256"));
        var (bare, gateway) = (new List<double>(), new List<double>());
        for (var i = 0; i < Starts; i++)
        {
            bare.Add(await TimeAsync(launcher, Contender.Bare, request, cancellation));
            gateway.Add(await TimeAsync(launcher, Contender.Gateway, request, cancellation));
        }

        return new Pair(Spread.Of(bare), Spread.Of(gateway));
    }

    private static async Task<double> TimeAsync(Launcher launcher, Contender contender, ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        var port = ChildProcess.FreePort();
        var started = Stopwatch.GetTimestamp();
        var starting = launcher.StartAsync(contender, port, cancellation);
        var first = AnsweredAsync(port, request, cancellation);
        await using var process = await starting;
        return (await first - started) / (double)Stopwatch.Frequency;
    }

    private static async Task<long> AnsweredAsync(int port, ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        var server = new IPEndPoint(IPAddress.Loopback, port);
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < Deadline; await Task.Delay(Pause, cancellation))
        {
            try
            {
                using var connection = await Connection.OpenAsync(server, cancellation);
                if (await connection.ExchangeAsync(request, cancellation) == 200) return Stopwatch.GetTimestamp();
            }
            catch (Exception e) when (e is SocketException or InvalidDataException)
            {
                // Not yet.
            }
        }

        throw new InvalidOperationException("A proxy gave no 200 in time.");
    }
}

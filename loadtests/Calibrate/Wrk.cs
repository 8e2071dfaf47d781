using System.Globalization;

namespace Sallyport.LoadTests.Calibrate;

/// <summary>Runs wrk with a pause between the requests of a connection: of random length, or all connections would send at once.</summary>
internal static class Wrk
{
    private const string Mark = "figures";

    public static async Task<Reading> RunAsync(string program, string url, CalibrationShape shape, string directory, CancellationToken cancellation)
    {
        var script = Path.Combine(directory, "calibration.lua");
        var pause = Math.Max(1, 1_000 * shape.Connections / shape.Rate);
        await File.WriteAllTextAsync(
            script,
            $$"""
            function delay() return math.random(0, {{2 * pause}}) end
            function done(summary, latency, requests)
              local e = summary.errors
              io.write(string.format("{{Mark}} %d %d %d %d %d\n", summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
                e.connect + e.read + e.write + e.status + e.timeout))
            end
            """,
            cancellation);
        var said = await Tool.RunAsync(program, ["-t", "1", "-c", $"{shape.Connections}", "-d", $"{shape.Seconds}s", "-s", script, url], cancellation);
        var line = said.Split('\n').FirstOrDefault(line => line.StartsWith(Mark, StringComparison.Ordinal)) ?? throw new InvalidDataException($"wrk said:\n{said}");
        var figures = line.Split(' ')[1..].Select(figure => double.Parse(figure, CultureInfo.InvariantCulture)).ToArray();
        // Times are in microseconds.
        return new Reading(figures[0] / (figures[1] / 1e6), figures[2] / 1e3, figures[3] / 1e3, (long)figures[4]);
    }
}

using System.CommandLine;
using System.Globalization;
using Spectre.Console;

namespace Sallyport.LoadTests.Calibrate;

/// <summary>Compares the figures of these load tests with those of wrk and hey, on one server, at one rate, in turn.</summary>
/// <remarks>
/// wrk has no rate, only a pause between the requests of a connection: the rate that comes of it is the one that is then asked of the others. Medians over
/// the rounds are compared. hey prints tenths of a millisecond, so a p99 that differs by no more than that is the same.
/// </remarks>
internal sealed class Calibration(CalibrationShape shape)
{
    private const string Ours = "loadtests";
    private const double RateTolerance = 0.05;
    private const double LatencyTolerance = 0.10;
    private const double Resolution = 0.1;
    private const int Few = 4;

    public static Command Verb()
    {
        var rounds = new Option<int>("--rounds") { Description = "Rounds, each with a run of every generator.", DefaultValueFactory = _ => 5 };
        var seconds = new Option<int>("--seconds") { Description = "Length of a run.", DefaultValueFactory = _ => 10 };
        var rate = new Option<int>("--rate") { Description = "Requests per second, about: one that the server holds with ease.", DefaultValueFactory = _ => 2_000 };
        var connections = new Option<int>("--connections") { Description = "Connections, each with one request under way.", DefaultValueFactory = _ => 64 };
        var verb = new Command("calibrate", "The figures of these load tests beside those of wrk and hey on the same server; writes nothing") { rounds, seconds, rate, connections };
        verb.SetAction((parse, cancellation) => new Calibration(
            new CalibrationShape(parse.GetValue(rounds), parse.GetValue(seconds), parse.GetValue(rate), parse.GetValue(connections))).RunAsync(cancellation));
        return verb;
    }

    /// <returns>0 where all agree, or there is nothing to compare with; 1 otherwise.</returns>
    private async Task<int> RunAsync(CancellationToken cancellation)
    {
        var (wrk, hey) = (Tool.Find("wrk"), Tool.Find("hey"));
        foreach (var (name, path) in new[] { ("wrk", wrk), ("hey", hey) })
            if (path is null)
                AnsiConsole.WriteLine($"{name} is not installed: not compared with it. On Debian: apt-get install {name}");
        if (wrk is null && hey is null) return 0;

        var directory = Directory.CreateTempSubdirectory("sallyport-load-");
        try
        {
            var port = ChildProcess.FreePort();
            await using var server = await ChildProcess.StartAsync("sallyport-loadtests.dll", directory.FullName, port, ["calibration-server", $"{port}"], cancellation);
            var isEqual = true;
            foreach (var path in new[] { CalibrationHost.Now, CalibrationHost.Wait }) isEqual &= await CompareAsync(path);
            return isEqual ? 0 : 1;

            async Task<bool> CompareAsync(string path)
            {
                var readings = new Dictionary<string, List<Reading>>(StringComparer.Ordinal);
                for (var round = 0; round <= shape.Rounds; round++)
                {
                    double rate = shape.Rate;
                    if (wrk is not null)
                    {
                        var reading = await Wrk.RunAsync(wrk, server.Url + path, shape, directory.FullName, cancellation);
                        rate = reading.Rate;
                        Keep("wrk", round, reading);
                    }

                    Keep(Ours, round, await Injection.RunAsync(server.EndPoint, path, (int)Math.Round(rate), shape, cancellation));
                    // hey's connections send in step. Where an answer takes as long as its turn, that is another load: a few connections hold the rate there.
                    var few = path == CalibrationHost.Now ? shape with { Connections = Math.Min(shape.Connections, Few) } : shape;
                    if (hey is not null) Keep("hey", round, await Hey.RunAsync(hey, server.Url + path, rate, few, cancellation));
                }

                return Print(path, readings.ToDictionary(r => r.Key, r => Median(r.Value), StringComparer.Ordinal));

                // The first round warms the server, and this process.
                void Keep(string name, int round, Reading reading)
                {
                    if (!readings.TryGetValue(name, out var list)) readings[name] = list = [];
                    if (round > 0) list.Add(reading);
                }
            }
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private bool Print(string path, Dictionary<string, Reading> medians)
    {
        var ours = medians[Ours];
        var isEqual = true;
        AnsiConsole.Profile.Width = Math.Max(AnsiConsole.Profile.Width, 120);
        AnsiConsole.WriteLine($"{path}: {shape.Connections} connections, medians of {shape.Rounds} rounds of {shape.Seconds} s");
        var table = new Table().AddColumns("", "requests/s", "ours to it", "p50 ms", "p99 ms", "ours to it", "errors", "");
        foreach (var (name, reading) in medians)
        {
            if (name == Ours)
            {
                table.AddRow(name, Text(reading.Rate, "0"), "", Text(reading.P50, "0.000"), Text(reading.P99, "0.000"), "", Text(reading.Errors, "0"), "");
                isEqual &= reading.Errors == 0;
                continue;
            }

            var isSame = reading.Errors == 0
                && Math.Abs(ours.Rate / reading.Rate - 1) <= RateTolerance
                && Math.Abs(ours.P99 - reading.P99) <= Math.Max(reading.P99 * LatencyTolerance, Resolution);
            isEqual &= isSame;
            table.AddRow(
                name, Text(reading.Rate, "0"), Text(ours.Rate / reading.Rate, "0.000"), Text(reading.P50, "0.000"), Text(reading.P99, "0.000"),
                Text(ours.P99 / reading.P99, "0.000"), Text(reading.Errors, "0"), isSame ? "agrees" : "DIFFERS");
        }

        AnsiConsole.Write(table);
        return isEqual;
    }

    private static Reading Median(List<Reading> readings) =>
        new(Middle(readings, r => r.Rate), Middle(readings, r => r.P50), Middle(readings, r => r.P99), readings.Sum(r => r.Errors));

    private static double Middle(List<Reading> readings, Func<Reading, double> value) => readings.Select(value).Order().ElementAt(readings.Count / 2);

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}

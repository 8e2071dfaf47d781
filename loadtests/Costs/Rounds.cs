using System.Globalization;
using Spectre.Console;

namespace Sallyport.LoadTests.Costs;

/// <summary>Measures lines beside each other, the CPU time of each proxy's process per request.</summary>
/// <remarks>
/// All processes live through the whole run. Each round sends every line's requests one after the other, the next round begins with
/// another line, and ratios are taken within a round, so that what else the machine does, and does not do evenly, falls on all alike.
/// </remarks>
internal static class Rounds
{
    private const int WarmUpRounds = 3;

    /// <summary>Every line in every round, each round beginning with another one.</summary>
    public static async Task<IReadOnlyDictionary<string, List<Sample>>> MeasureAsync(Traffic[] lines, LoadShape shape, CancellationToken cancellation)
    {
        var samples = lines.ToDictionary(s => s.Name, _ => new List<Sample>(), StringComparer.Ordinal);
        var generators = new List<LoadGenerator>();
        try
        {
            foreach (var line in lines) generators.Add(await LoadGenerator.ConnectAsync(line, shape.Connections, cancellation));
            for (var round = -WarmUpRounds; round < shape.Rounds; round++)
            {
                AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[grey]{(round < 0 ? "warming up" : $"round {round + 1} of {shape.Rounds}")}[/]");
                for (var turn = 0; turn < generators.Count; turn++)
                {
                    var generator = generators[(turn + round + WarmUpRounds) % generators.Count];
                    // Each round goes on in the list where the one before ended.
                    var first = (int)((long)(round + WarmUpRounds) * shape.Requests % generator.Traffic.Requests.Count);
                    var sample = await generator.RunAsync(shape.Requests, cancellation, first);
                    if (round >= 0) samples[generator.Traffic.Name].Add(sample);
                }
            }
        }
        finally
        {
            foreach (var generator in generators) await generator.DisposeAsync();
        }

        return samples;
    }
}

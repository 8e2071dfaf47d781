using System.Globalization;
using Spectre.Console;

namespace Sallyport.LoadTests.Compare;

/// <summary>The rounds of a comparison: each sends every line's requests one after the other.</summary>
/// <remarks>
/// <code>
///   this process            one proxy after another                   upstream
///   64 connections   -->    bare YARP, gateway, HAProxy, ...   -->    one Kestrel
/// </code>
/// All processes live through the whole run. The next round begins with another line, and every second one goes backwards, so that what
/// else the machine does, and does not do evenly, falls on all alike. Connections are opened for each turn, with some requests on each
/// that are not measured: no proxy has to hold those of the others' turns.
/// </remarks>
internal sealed class Race(IReadOnlyDictionary<Contender, ChildProcess> proxies, TokenForge forge, SignatureArithmetic? arithmetic)
{
    private const int FirstOfConnection = 5;

    /// <param name="lines">What is measured.</param>
    /// <param name="shape">The load.</param>
    /// <param name="warmUp">Rounds before those that count: the runtime has to have compiled what is used much.</param>
    /// <param name="cancellation">Ends the run.</param>
    public async Task<Results> RunAsync(IReadOnlyList<ComparedLine> lines, LoadShape shape, int warmUp, CancellationToken cancellation)
    {
        var results = new Results(lines);
        for (var round = 0; round < warmUp + shape.Rounds; round++)
        {
            AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[grey]{(round < warmUp ? "warming up" : $"round {round - warmUp + 1} of {shape.Rounds}")}[/]");
            var first = shape.Connections * FirstOfConnection;
            var tokens = await RoundTokens.SignAsync(forge, lines, shape.Requests + first);
            if (arithmetic is not null) await arithmetic.MeasureAsync(tokens.New, isWarmUp: round < warmUp);
            for (var turn = 0; turn < lines.Count; turn++)
            {
                var at = (turn + round) % lines.Count;
                var line = lines[round % 2 == 0 ? at : lines.Count - 1 - at];
                var traffic = new Traffic(line.Name, proxies[line.Proxy], tokens.Requests(line));
                await using var generator = await LoadGenerator.ConnectAsync(traffic, shape.Connections, cancellation);
                await generator.RunAsync(first, cancellation);
                GC.Collect(); // Not while it is measured.
                var sample = await generator.RunAsync(shape.Requests, cancellation, first);
                if (round >= warmUp) results.Add(line, sample);
            }
        }

        foreach (var line in lines) results.SetPeak(line, proxies[line.Proxy].Memory(isPeak: true));
        return results;
    }
}

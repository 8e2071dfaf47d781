using NBomber.Contracts;
using NBomber.Contracts.Stats;
using NBomber.Engine;
using Spectre.Console;

namespace NBomber.Reports;

/// <summary>A table of the running scenarios that is drawn anew each second, on a terminal only, and the figures at the end.</summary>
internal sealed class LiveConsole : IAsyncDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stop = new();
    private readonly Session _session;
    private readonly Task _drawing;

    public LiveConsole(Session session)
    {
        _session = session;
        var isLive = session.Context.DisplayConsoleMetrics && !Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities.Interactive;
        _drawing = isLive ? DrawAsync() : Task.CompletedTask;
    }

    /// <summary>Prints what the text report says.</summary>
    public static void Conclude(NBomberContext context, NodeStats node, IReadOnlyList<ScenarioResult> results)
    {
        if (!context.DisplayConsoleMetrics) return;
        AnsiConsole.Profile.Out.Writer.WriteLine(TextReport.Render(node, results));
        foreach (var file in node.ReportFiles) AnsiConsole.Profile.Out.Writer.WriteLine($"report: {file.FilePath}");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_stop.IsCancellationRequested) await _stop.CancelAsync().ConfigureAwait(false);
        await _drawing.ConfigureAwait(false);
    }

    private Task DrawAsync() => AnsiConsole.Live(Draw()).AutoClear(true).StartAsync(async display =>
    {
        while (!_stop.IsCancellationRequested)
        {
            await Task.Delay(Second, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            display.UpdateTarget(Draw());
        }
    });

    private Table Draw()
    {
        var table = new Table().AddColumns("scenario", "phase", "time", "load", "ok/s", "fail/s", "under way", "p50 ms", "p99 ms", "all ok", "all failed");
        foreach (var bout in _session.Running)
        {
            var (moment, ok, failed) = bout.Ledger.Read((totals, moments) =>
                (moments.Count > 0 ? moments[^1] : default, totals[Ledger.Whole].Ok.Latency.Count, totals[Ledger.Whole].Fail.Latency.Count));
            var seconds = Math.Max(moment.Length.TotalSeconds, 1e-3);
            table.AddRow(
                [.. new[]
                {
                    bout.Info.ScenarioName, bout.Info.ScenarioOperation.ToString(), $@"{bout.Elapsed:hh\:mm\:ss} of {bout.Info.ScenarioDuration:hh\:mm\:ss}",
                    bout.Current?.ToString() ?? "", $"{moment.Ok / seconds:0}", $"{moment.Fail / seconds:0}", $"{bout.InFlight}", $"{moment.P50:0.00}",
                    $"{moment.P99:0.00}", $"{ok}", $"{failed}",
                }.Select(text => Markup.Escape(text))]);
        }

        return table;
    }
}

using System.CommandLine;
using System.Globalization;
using Spectre.Console;

namespace Sallyport.LoadTests.Compare;

/// <summary>The gateway beside bare YARP, YARP with JwtBearer, HAProxy and nginx, in one run; and what must hold.</summary>
internal static class Comparison
{
    private const string Memory = "memory";
    private const string Start = "start";

    public static Command Verb()
    {
        var load = new LoadOptions();
        var gateway = new Option<string?>("--gateway") { Description = "The gateway's sallyport.dll; published for the run unless told." };
        var only = new Option<string?>("--only")
        {
            Description = $"Lines to measure, by name or its beginning, with commas between: {string.Join(", ", ComparedLine.All.Select(line => line.Name))}; {Memory}, {Start}. Bars that need others are left out.",
        };
        var warmUp = new Option<int>("--warm-up") { Description = "Requests of each line before the rounds that count.", DefaultValueFactory = _ => 60_000 };
        var verb = load.Verb("compare", "The gateway beside bare YARP, YARP with JwtBearer, HAProxy and nginx; writes into docs/performance.md", gateway, only, warmUp);
        verb.SetAction((parse, cancellation) =>
        {
            var names = parse.GetValue(only)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            var (path, shape) = (parse.GetValue(gateway), load.Shape(parse));
            var rounds = (parse.GetValue(warmUp) + shape.Requests - 1) / shape.Requests;
            return RunAsync(shape, rounds, load.IsDry(parse), path is null ? null : Path.GetFullPath(path), names, cancellation);
        });
        return verb;
    }

    private static async Task<int> RunAsync(LoadShape shape, int warmUp, bool isDry, string? gateway, string[]? names, CancellationToken cancellation)
    {
        var unknown = names?.Where(name => name is not (Memory or Start) && !Array.Exists(ComparedLine.All, line => line.IsNamed(name))).ToArray() ?? [];
        if (unknown.Length > 0)
        {
            AnsiConsole.WriteLine($"No line is named {string.Join(", ", unknown)}.");
            return 1;
        }

        var notes = new List<string>();
        var lines = ComparedLine.All.Where(line => names is null || Array.Exists(names, line.IsNamed)).ToList();
        LeaveOut(Contender.HaProxy, HaProxy.Program);
        LeaveOut(Contender.Nginx, Nginx.Program);

        using var forge = new TokenForge();
        var directory = Directory.CreateTempSubdirectory("sallyport-load-");
        try
        {
            gateway ??= await PublishedGateway.MakeAsync(directory.FullName, cancellation);
            var port = ChildProcess.FreePort();
            await using var upstream = await ChildProcess.StartAsync("sallyport-loadtests.dll", directory.FullName, port, ["upstream", $"{port}"], cancellation);
            var launcher = new Launcher(gateway, directory.FullName, forge, upstream);
            Pair? start = IsAsked(Start) ? await StartTime.MeasureAsync(launcher, forge, cancellation) : null;
            Pair? memory = IsAsked(Memory) ? await ManyTokens.MeasureAsync(launcher, forge, shape.Connections, cancellation) : null;
            var arithmetic = lines.Exists(line => line.IsNew) ? new SignatureArithmetic(launcher.PublicKeys) : null;
            var results = await RaceAsync(launcher, forge, lines, shape, warmUp, arithmetic, cancellation);
            notes.AddRange(Notes(start, memory, warmUp, shape));
            var bars = Bars.Of(results, arithmetic, memory, start);
            Print(results, bars, notes);
            if (!isDry && lines.Count > 0) Write(shape, results, bars, notes);
            return bars.TrueForAll(bar => bar.IsMet) ? 0 : 1;
        }
        finally
        {
            directory.Delete(recursive: true);
        }

        bool IsAsked(string name) => names is null || names.Contains(name, StringComparer.Ordinal);

        void LeaveOut(Contender contender, string program)
        {
            if (Tool.Find(program) is null && lines.RemoveAll(line => line.Proxy == contender) > 0) notes.Add($"{program} is not on the path: its lines are left out.");
        }
    }

    private static async Task<Results> RaceAsync(
        Launcher launcher, TokenForge forge, List<ComparedLine> lines, LoadShape shape, int warmUp, SignatureArithmetic? arithmetic, CancellationToken cancellation)
    {
        var proxies = new Dictionary<Contender, ChildProcess>();
        try
        {
            foreach (var contender in lines.Select(line => line.Proxy).Distinct()) proxies[contender] = await launcher.StartAsync(contender, ChildProcess.FreePort(), cancellation);
            foreach (var line in lines.Where(line => line.IsGuarded)) await DoorCheck.RunAsync(line, proxies[line.Proxy], forge, cancellation);
            return await new Race(proxies, forge, arithmetic).RunAsync(lines, shape, warmUp, cancellation);
        }
        finally
        {
            foreach (var proxy in proxies.Values) await proxy.DisposeAsync();
        }
    }

    private static IEnumerable<string> Notes(Pair? start, Pair? memory, int warmUp, LoadShape shape)
    {
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"Before the rounds that count, {warmUp} like them. A round has {shape.Requests:#,0} requests of each line.");
        if (memory is { } peaks)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"Peak memory after {ManyTokens.Count:#,0} requests, each with a token of its own: bare YARP {peaks.Bare.Median:0} MiB; the gateway, with `VerifiedTokens:MaxEntries` raised to {ManyTokens.MaxEntries:#,0} so that it keeps them all, {peaks.Gateway.Median:0} MiB.");
        }

        if (start is { } starts)
            yield return $"From the start of the process to the first 200, in seconds, median of five: bare YARP {starts.Bare.ToText("0.000")}, the gateway with a token {starts.Gateway.ToText("0.000")}.";
    }

    private static void Print(Results results, List<Bar> bars, List<string> notes)
    {
        AnsiConsole.Profile.Width = Math.Max(AnsiConsole.Profile.Width, 260);
        if (results.Lines.Count > 0) Grids.Print(ResultTable.Headings, ResultTable.Rows(results));
        foreach (var note in notes) AnsiConsole.WriteLine(note);
        if (bars.Count > 0) Grids.Print(Bars.Headings, bars.Select(bar => bar.Cells));
    }

    private static void Write(LoadShape shape, Results results, List<Bar> bars, List<string> notes)
    {
        MeasuredPage.WriteBeside("performance.svg", CostChart.Of(results));
        MeasuredPage.Write("performance.md", "compare", shape, $"""
            ![CPU time of each proxy per request](performance.svg)

            {Grids.ToMarkdown(ResultTable.Headings, ResultTable.Rows(results))}
            {string.Join('\n', notes.Select(note => $"- {note}"))}

            **Bars**

            {Grids.ToMarkdown(Bars.Headings, bars.Select(bar => bar.Cells))}
            """);
    }
}

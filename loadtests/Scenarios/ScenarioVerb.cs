using System.CommandLine;

namespace Sallyport.LoadTests.Scenarios;

/// <summary>A scenario as a verb: it starts what it needs, runs its load, and exits with 1 where something did not hold.</summary>
internal static class ScenarioVerb
{
    private const int Interrupted = 130; // As a shell says it.

    /// <param name="name">The verb.</param>
    /// <param name="description">What happens, and what must hold.</param>
    /// <param name="seconds">Its length unless told.</param>
    /// <param name="rate">Good requests per second unless told; null where that means nothing.</param>
    /// <param name="play">What it does on a stage of its own.</param>
    /// <param name="more">Options of this scenario alone.</param>
    public static Command Of(
        string name, string description, int seconds, int? rate, Func<Stage, ParseResult, CancellationToken, Task> play, params IEnumerable<Option> more)
    {
        var length = new Option<int>("--seconds") { Description = "Length of the load.", DefaultValueFactory = _ => seconds };
        var load = new Option<int>("--rate") { Description = "Good requests per second.", DefaultValueFactory = _ => rate ?? 0 };
        var reports = new Option<string>("--reports")
        {
            Description = "Folder of the reports.", DefaultValueFactory = _ => Path.Combine("loadtests", "reports", name),
        };
        foreach (var number in new[] { length, load })
            number.Validators.Add(result =>
            {
                if (result.Tokens.Count > 0 && result.GetValueOrDefault<int>() < 1) result.AddError($"{number.Name} is a whole number from 1.");
            });
        var verb = new Command(name, description) { length, reports };
        if (rate is not null) verb.Add(load);
        foreach (var option in more) verb.Add(option);
        verb.SetAction(async (parse, cancellation) =>
        {
            var shape = new ScenarioShape(name, parse.GetValue(length), rate is null ? 0 : parse.GetValue(load), parse.GetValue(reports)!);
            await using var stage = await Stage.OpenAsync(shape, cancellation);
            await play(stage, parse, cancellation);
            // One that was interrupted shows nothing.
            return cancellation.IsCancellationRequested ? Interrupted : stage.Conclude();
        });
        return verb;
    }
}

using System.CommandLine;
using Sallyport.LoadTests.Benchmarks;
using Sallyport.LoadTests.Calibrate;
using Sallyport.LoadTests.Compare;
using Sallyport.LoadTests.Flat;
using Sallyport.LoadTests.Scenarios;
using Spectre.Console;

var root = new RootCommand("Sallyport's load tests.")
{
    Comparison.Verb(),
    Flatness.Verb(),
    StepBenchmarks.Verb(),
    RevocationCost.Verb(),
    AssertionCost.Verb(),
    AuditCost.Verb(),
    Calibration.Verb(),

    Steady.Verb(),
    Spike.Verb(),
    Diversity.Verb(),
    ColdStart.Verb(),
    Rotation.Verb(),
    KidFlood.Verb(),
    IssuerOutage.Verb(),

    // The other processes of a run: this executable, started again.
    UpstreamHost.Verb(),
    BareYarpHost.Verb(),
    StockYarpHost.Verb(),
    CalibrationHost.Verb(),
};
root.SetAction(_ =>
{
    AnsiConsole.WriteLine("Sallyport's load tests: name one of");
    var verbs = new Grid().AddColumn(new GridColumn().NoWrap().PadLeft(2)).AddColumn();
    foreach (var verb in root.Subcommands.Where(verb => !verb.Hidden)) verbs.AddRow(new Text(verb.Name, new Style(decoration: Decoration.Bold)), new Text(verb.Description ?? ""));
    AnsiConsole.Write(verbs);
    AnsiConsole.WriteLine("for example: dotnet run -c Release --project loadtests -- compare");
});
return await root.Parse(args).InvokeAsync();

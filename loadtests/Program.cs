using System.CommandLine;
using Sallyport.LoadTests;
using Spectre.Console;

var rounds = new Option<int>("--rounds") { Description = "Rounds over all scenarios.", DefaultValueFactory = _ => 9 };
var requests = new Option<int>("--requests") { Description = "Requests of a scenario in a round.", DefaultValueFactory = _ => 20_000 };
var connections = new Option<int>("--connections") { Description = "Connections, each with one request under way.", DefaultValueFactory = _ => 64 };
var isDry = new Option<bool>("--dry") { Description = "Print only; leave the pages as they are." };
var gateCost = new Command("gate-cost", "CPU time of the gate: the gateway's routes beside bare YARP, in one run.") { rounds, requests, connections, isDry };
gateCost.SetAction((parse, cancellation) => GateCost.RunAsync(
    new LoadShape(parse.GetValue(rounds), parse.GetValue(requests), parse.GetValue(connections)), parse.GetValue(isDry), cancellation));

var ids = new Option<int>("--ids") { Description = "How many tokens are revoked.", DefaultValueFactory = _ => 1_000_000 };
var revocationCost = new Command("revocation-cost", "CPU time, memory and start of a gateway with many revoked tokens beside one with none.") { rounds, requests, connections, ids, isDry };
revocationCost.SetAction((parse, cancellation) => RevocationCost.RunAsync(
    new LoadShape(parse.GetValue(rounds), parse.GetValue(requests), parse.GetValue(connections)), parse.GetValue(ids), parse.GetValue(isDry), cancellation));

var assertionCost = new Command("assertion-cost", "CPU time of a gateway whose upstream gets assertions beside one whose upstream does not.") { rounds, requests, connections, isDry };
assertionCost.SetAction((parse, cancellation) => AssertionCost.RunAsync(
    new LoadShape(parse.GetValue(rounds), parse.GetValue(requests), parse.GetValue(connections)), parse.GetValue(isDry), cancellation));

var passes = new Option<int>("--rounds") { Description = "Rounds, each with a run of every generator.", DefaultValueFactory = _ => 5 };
var seconds = new Option<int>("--seconds") { Description = "Length of a run.", DefaultValueFactory = _ => 10 };
var rate = new Option<int>("--rate") { Description = "Requests per second, about: one that the server holds with ease.", DefaultValueFactory = _ => 2_000 };
var calibrate = new Command("calibrate", "Compares the figures of these load tests with those of wrk and hey on the same server.") { passes, seconds, rate, connections };
calibrate.SetAction((parse, cancellation) => new Calibration(
    new CalibrationShape(parse.GetValue(passes), parse.GetValue(seconds), parse.GetValue(rate), parse.GetValue(connections))).RunAsync(cancellation));

var disk = new Option<string?>("--directory") { Description = "A directory on the disk that is measured; the system's for temporary files unless told." };
var auditCost = new Command("audit-cost", "Tokens a second that are signed, recorded and on the disk: of one client, and of many.") { rounds, requests, connections, disk, isDry };
auditCost.SetAction((parse, cancellation) => AuditCost.RunAsync(
    new LoadShape(parse.GetValue(rounds), parse.GetValue(requests), parse.GetValue(connections)), parse.GetValue(isDry), parse.GetValue(disk), cancellation));

// The other processes of a run: this executable, started again.
var port = new Argument<int>("port");
var upstream = new Command("upstream") { Hidden = true, Arguments = { port } };
upstream.SetAction((parse, cancellation) => UpstreamHost.RunAsync(parse.GetValue(port), cancellation));
var calibrationServer = new Command("calibration-server") { Hidden = true, Arguments = { port } };
calibrationServer.SetAction((parse, cancellation) => CalibrationHost.RunAsync(parse.GetValue(port), cancellation));
var destination = new Argument<string>("destination");
var bareYarp = new Command("bare-yarp") { Hidden = true, Arguments = { port, destination } };
bareYarp.SetAction((parse, cancellation) => BareYarpHost.RunAsync(parse.GetValue(port), parse.GetValue(destination)!, cancellation));

var root = new RootCommand("Sallyport's load tests.") { gateCost, revocationCost, assertionCost, auditCost, calibrate, upstream, calibrationServer, bareYarp };
root.SetAction(_ =>
{
    AnsiConsole.MarkupLine("Sallyport's load tests: name one of");
    AnsiConsole.MarkupLine("  [bold]gate-cost[/]         CPU time per request of the gateway beside bare YARP; writes its table into docs/performance.md");
    AnsiConsole.MarkupLine("  [bold]revocation-cost[/]   the same with a million revoked tokens beside none, and their memory; writes into docs/revocation.md");
    AnsiConsole.MarkupLine("  [bold]assertion-cost[/]    the same with assertions for the upstream beside none; writes into docs/assertions.md");
    AnsiConsole.MarkupLine("  [bold]audit-cost[/]        tokens a second that are recorded on the disk, of many clients beside one; writes into docs/audit.md");
    AnsiConsole.MarkupLine("  [bold]calibrate[/]         the generator's figures beside those of wrk and hey; writes nothing");
    AnsiConsole.MarkupLine("for example: dotnet run -c Release --project loadtests -- gate-cost");
});
return await root.Parse(args).InvokeAsync();

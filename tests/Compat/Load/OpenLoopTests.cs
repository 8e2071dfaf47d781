using System.Diagnostics;
using NBomber.Contracts;
using NBomber.CSharp;
using NBomber.Engine;

namespace Sallyport.Tests.Compat.Load;

public sealed class OpenLoopTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void No_answer_delays_a_request()
    {
        const int All = 200;
        var started = 0;
        var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var scenario = Scenario.Create("stalled", async _ =>
            {
                // Nobody has an answer until everybody has asked: a generator that waits for one would hang here.
                if (Interlocked.Increment(ref started) == All) open.SetResult();
                await open.Task;
                return Response.Ok();
            })
            .WithoutWarmUp().WithLoadSimulations(Simulation.Inject(All, Second, Second));
        var stats = Runs.Quietly(scenario).ScenarioStats.Get("stalled");
        Assert.Equal((All, All, 0), (started, stats.AllOkCount, stats.AllFailCount));
    }

    [Fact]
    public async Task A_stall_shows_in_the_latency_of_every_request_that_was_due_in_it()
    {
        const int All = 100;
        var begun = 0L;
        var stall = Task.Run(async () =>
        {
            while (Volatile.Read(ref begun) == 0) await Task.Delay(1);
            await Task.Delay(Second);
        });
        var scenario = Scenario.Create("stalled", async _ =>
            {
                Interlocked.CompareExchange(ref begun, Stopwatch.GetTimestamp(), 0);
                await stall;
                return Response.Ok();
            })
            .WithoutWarmUp().WithLoadSimulations(Simulation.Inject(All, Second, Second));
        var latency = (await Task.Run(() => Runs.Quietly(scenario))).ScenarioStats.Get("stalled").Ok.Latency;

        // Due every 10 ms for a second, answered after it at the earliest: from a second down to 10 ms. One after the other, all but one would be short.
        Assert.InRange(latency.MaxMs, 990, double.MaxValue);
        Assert.InRange(latency.MeanMs, 490, double.MaxValue);
        Assert.InRange(latency.Percent50, 480, double.MaxValue);
    }

    [Fact]
    public async Task Latency_counts_from_the_time_a_request_was_due()
    {
        var session = new Session(NBomberRunner.RegisterScenarios(Scenario.Create("late", _ => Task.FromResult<IResponse>(Response.Ok()))).DisplayConsoleMetrics(false));
        using var bout = new Bout(session, session.Context.Scenarios[0], [Simulation.Inject(1, Second, Second)], ScenarioOperation.Bombing);
        await bout.IterateAsync(bout.NewContext(), Stopwatch.GetTimestamp() - 3 * Stopwatch.Frequency);
        bout.Ledger.Collect(Second, 0);
        Assert.InRange(Statistics.Of(bout, 0, default).Ok.Latency.MinMs, 3_000, double.MaxValue);
    }

    [Theory]
    [InlineData(2_000, 2_000)]
    [InlineData(100, 100)]
    public void Every_request_of_a_rate_is_sent(int rate, int expected) =>
        Assert.Equal(expected, Count(Simulation.Inject(rate, Second, Second)));

    [Fact]
    public void Every_request_of_ramps_pauses_and_rates_is_sent() =>
        Assert.Equal(
            50 + 50 + 25 + 15,
            Count(
                Simulation.RampingInject(200, Second, TimeSpan.FromSeconds(0.5)), Simulation.Inject(100, Second, TimeSpan.FromSeconds(0.5)),
                Simulation.RampingInject(0, Second, TimeSpan.FromSeconds(0.5)), Simulation.Pause(TimeSpan.FromSeconds(0.2)), Simulation.IterationsForInject(100, Second, 15)));

    [Fact]
    public void Random_rates_stay_within_their_bounds() =>
        Assert.InRange(Count(Simulation.InjectRandom(40, 60, TimeSpan.FromSeconds(0.25), Second)), 160, 240);

    [Fact]
    public void What_is_too_much_under_way_is_not_sent_and_that_is_told()
    {
        var (started, release) = (0, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var scenario = Scenario.Create("full", async _ =>
            {
                Interlocked.Increment(ref started);
                await release.Task;
                return Response.Ok();
            })
            .WithoutWarmUp().WithLoadSimulations(Simulation.IterationsForInject(100, Second, 20), Simulation.Pause(TimeSpan.FromSeconds(0.1)));
        var last = Scenario.Create("releases", _ =>
            {
                release.TrySetResult();
                return Task.FromResult<IResponse>(Response.Ok());
            })
            .WithoutWarmUp().WithLoadSimulations(Simulation.Pause(TimeSpan.FromSeconds(3)), Simulation.IterationsForInject(1, Second, 1));
        using var folder = new ReportFolder();
        var node = (NBomberRunner.RegisterScenarios(scenario, last) with { MaxInFlight = 5 })
            .DisplayConsoleMetrics(false).WithReportFolder(folder.Path).WithReportFormats(NBomber.Contracts.Stats.ReportFormat.Txt).Run();

        var stats = node.ScenarioStats.Get("full");
        Assert.Equal((5, 5, 15), (started, stats.AllOkCount, stats.AllFailCount));
        Assert.Equal(15, stats.Fail.StatusCodes.Get("-102").Count);
        Assert.Contains("15 requests were not sent, as 5 were under way", node.ReportFiles[0].ReportContent, StringComparison.Ordinal);
    }

    private static int Count(params LoadSimulation[] simulations)
    {
        var sent = 0;
        var scenario = Scenario.Create("counted", _ =>
            {
                Interlocked.Increment(ref sent);
                return Task.FromResult<IResponse>(Response.Ok());
            })
            .WithoutWarmUp().WithLoadSimulations(simulations);
        Assert.Equal(Runs.Quietly(scenario).AllOkCount, sent);
        return sent;
    }
}

using NBomber.Contracts;
using NBomber.Contracts.Stats;
using NBomber.CSharp;

namespace Sallyport.Tests.Compat.Load;

public sealed class ScenarioTests
{
    private static readonly LoadSimulation Ten = Simulation.IterationsForConstant(2, 10);

    [Fact]
    public void Warm_up_is_in_no_figure()
    {
        var (warm, measured) = (0, 0);
        var scenario = Scenario.Create("warm", async context =>
            {
                if (context.ScenarioInfo.ScenarioOperation == ScenarioOperation.WarmUp)
                {
                    Interlocked.Increment(ref warm);
                    Assert.Equal(OperationType.WarmUp, context.NodeInfo.CurrentOperation);
                    await Task.Yield();
                    return Response.Fail(customLatencyMs: 99_999);
                }

                Interlocked.Increment(ref measured);
                return Response.Ok();
            })
            .WithWarmUpDuration(TimeSpan.FromSeconds(0.3)).WithMaxFailCount(int.MaxValue).WithLoadSimulations(Simulation.IterationsForInject(100, TimeSpan.FromSeconds(1), 20));
        var stats = Runs.Quietly(scenario).ScenarioStats.Get("warm");
        Assert.Equal(30, warm);
        Assert.Equal((20, 20, 0), (measured, stats.AllOkCount, stats.AllFailCount));
    }

    [Fact]
    public void Copies_wait_for_their_answer_and_keep_their_number()
    {
        var (running, most) = (0, 0);
        var scenario = Scenario.Create("copies", async context =>
            {
                var now = Interlocked.Increment(ref running);
                InterlockedMax(ref most, now);
                await Task.Delay(2);
                Interlocked.Decrement(ref running);
                return Response.Ok(statusCode: $"{context.ScenarioInfo.InstanceNumber}");
            })
            .WithoutWarmUp()
            .WithLoadSimulations(Simulation.RampingConstant(4, TimeSpan.FromSeconds(0.3)), Simulation.KeepConstant(4, TimeSpan.FromSeconds(0.5)), Simulation.RampingConstant(1, TimeSpan.FromSeconds(0.3)));
        var stats = Runs.Quietly(scenario).ScenarioStats.Get("copies");
        Assert.Equal(4, most);
        Assert.Equal(["1", "2", "3", "4"], stats.Ok.StatusCodes.Select(code => code.StatusCode).Order(StringComparer.Ordinal));
        Assert.Equal(1.1, stats.Duration.TotalSeconds, 1e-3);
    }

    [Fact]
    public void Iterations_are_counted_over_all_copies_and_after_a_pause_again()
    {
        var numbers = new System.Collections.Concurrent.ConcurrentBag<long>();
        var scenario = Scenario.Create("counted", context =>
            {
                numbers.Add(context.InvocationNumber);
                return Task.FromResult<IResponse>(Response.Ok());
            })
            .WithoutWarmUp().WithLoadSimulations(Simulation.IterationsForConstant(3, 100), Simulation.Pause(TimeSpan.FromMilliseconds(50)), Simulation.IterationsForConstant(3, 50));
        Assert.Equal(150, Runs.Quietly(scenario).AllOkCount);
        Assert.Equal(Enumerable.Range(1, 150).Select(n => (long)n), numbers.Order());
    }

    [Fact]
    public void A_scenario_that_throws_has_failed_with_that_message()
    {
        var scenario = Scenario.Create("throws", _ => throw new InvalidOperationException("no such order")).WithoutWarmUp().WithLoadSimulations(Ten);
        var stats = Runs.Quietly(scenario).ScenarioStats.Get("throws");
        Assert.Equal((0, 10), (stats.AllOkCount, stats.AllFailCount));
        Assert.Equal(("no such order", 10, 100), stats.Fail.StatusCodes.Get("-101") is var code ? (code.Message, code.Count, code.Percent) : default);
    }

    [Fact]
    public void A_time_limit_of_its_own_is_a_failure()
    {
        var scenario = Scenario.Create("slow", async _ =>
            {
                using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(5));
                await Task.Delay(Timeout.Infinite, limit.Token);
                return Response.Ok();
            })
            .WithoutWarmUp().WithLoadSimulations(Ten);
        Assert.Equal(10, Runs.Quietly(scenario).ScenarioStats.Get("slow").Fail.StatusCodes.Get("-100").Count);
    }

    [Fact]
    public void What_the_end_cuts_off_is_no_failure()
    {
        var scenario = Scenario.Create("listens", async context =>
            {
                if (context.InvocationNumber > 3) await Task.Delay(Timeout.Infinite, context.ScenarioCancellationToken);
                return Response.Ok();
            })
            .WithoutWarmUp().WithLoadSimulations(Simulation.IterationsForInject(100, TimeSpan.FromSeconds(1), 8));
        using var folder = new ReportFolder();
        var node = Runs.Quietly(NBomberRunner.RegisterScenarios(scenario).WithReportFolder(folder.Path).WithReportFormats(ReportFormat.Txt));
        Assert.Equal((3, 0), (node.AllOkCount, node.AllFailCount));
        Assert.Contains("5 requests that were under way at the end were cut off", node.ReportFiles[0].ReportContent, StringComparison.Ordinal);
    }

    [Fact]
    public void What_never_answers_is_a_failure()
    {
        var scenario = Scenario.Create("hangs", async _ =>
            {
                await Task.Delay(Timeout.Infinite, CancellationToken.None);
                return Response.Ok();
            })
            .WithoutWarmUp().WithLoadSimulations(Simulation.IterationsForInject(100, TimeSpan.FromSeconds(1), 4));
        var node = Runs.Quietly(NBomberRunner.RegisterScenarios(scenario).WithoutReports().WithScenarioCompletionTimeout(TimeSpan.FromMilliseconds(50)));
        Assert.Equal((0, 4), (node.AllOkCount, node.AllFailCount));
    }

    [Fact]
    public void Init_and_Clean_are_called_once_each()
    {
        var calls = new List<string>();
        var scenario = Scenario.Create("once", _ => Task.FromResult<IResponse>(Response.Fail())).WithWarmUpDuration(TimeSpan.FromMilliseconds(50)).WithLoadSimulations(Ten)
            .WithMaxFailCount(int.MaxValue)
            .WithInit(context => Note($"init {context.ScenarioInfo.ScenarioName}")).WithClean(context => Note($"clean {context.ScenarioInfo.ScenarioName}"));
        var empty = Scenario.Empty("before").WithInit(_ => Note("init before")).WithClean(_ => throw new InvalidOperationException("That is logged."));
        Assert.Equal(10, Runs.Quietly(empty, scenario).AllFailCount);
        Assert.Equal(["init before", "init once", "clean once"], calls);

        Task Note(string call)
        {
            calls.Add(call);
            return Task.CompletedTask;
        }
    }

    [Fact]
    public void After_an_Init_that_failed_there_is_no_load_and_Clean_is_called()
    {
        var (ran, cleaned) = (0, 0);
        var scenario = Scenario.Create("never", _ =>
            {
                ran++;
                return Task.FromResult<IResponse>(Response.Ok());
            })
            .WithoutWarmUp().WithLoadSimulations(Ten).WithInit(_ => throw new InvalidOperationException("no server"))
            .WithClean(_ =>
            {
                cleaned++;
                return Task.CompletedTask;
            });
        Assert.Equal("no server", Assert.Throws<InvalidOperationException>(() => Runs.Quietly(scenario)).Message);
        Assert.Equal((0, 1), (ran, cleaned));
    }

    [Fact]
    public void So_many_failures_end_the_test()
    {
        var scenario = Scenario.Create("fails", async _ =>
            {
                await Task.Yield();
                return Response.Fail();
            })
            .WithoutWarmUp().WithMaxFailCount(25).WithLoadSimulations(Simulation.KeepConstant(2, TimeSpan.FromMinutes(5)));
        Assert.InRange(Runs.Quietly(scenario).AllFailCount, 25, 100);
    }

    [Fact]
    public void A_scenario_stops_itself_and_not_the_others()
    {
        var stops = Scenario.Create("stops", context =>
            {
                context.StopScenario("stops", "enough");
                return Task.FromResult<IResponse>(Response.Ok());
            })
            .WithoutWarmUp().WithLoadSimulations(Simulation.KeepConstant(1, TimeSpan.FromMinutes(5)));
        var other = Scenario.Create("other", _ => Task.FromResult<IResponse>(Response.Ok())).WithoutWarmUp()
            .WithLoadSimulations(Simulation.Pause(TimeSpan.FromSeconds(0.5)), Simulation.IterationsForInject(100, TimeSpan.FromSeconds(1), 5));
        var node = Runs.Quietly(stops, other);
        Assert.Equal((1, 5), (node.ScenarioStats.Get("stops").AllOkCount, node.ScenarioStats.Get("other").AllOkCount));
    }

    [Fact]
    public void Without_a_scenario_or_with_two_of_a_name_there_is_no_test()
    {
        Assert.Throws<ArgumentException>(() => Runs.Quietly());
        Assert.Throws<ArgumentException>(() => Runs.Quietly(Scenario.Empty("one"), Scenario.Empty("one")));
        Assert.Throws<ArgumentException>(() => NBomberRunner.RegisterScenarios(Scenario.Empty("one")).Run(["--config=x"]));
        Assert.Equal(0, Runs.Quietly(Scenario.Empty("one"), Scenario.Empty("two")).AllRequestCount);
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); value > seen; seen = Volatile.Read(ref most))
            Interlocked.CompareExchange(ref most, value, seen);
    }
}

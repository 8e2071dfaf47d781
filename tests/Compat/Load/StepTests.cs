using NBomber.Contracts;
using NBomber.CSharp;

namespace Sallyport.Tests.Compat.Load;

public sealed class StepTests
{
    private static readonly LoadSimulation Ten = Simulation.IterationsForConstant(2, 10);

    [Fact]
    public void Steps_are_measured_and_hand_on_what_they_carry()
    {
        var scenario = Scenario.Create("steps", async context =>
            {
                Assert.Empty(context.Data);
                var login = await Step.Run("login", context, () => Task.FromResult(Response.Ok(payload: "token", statusCode: "200", sizeBytes: 100, customLatencyMs: 20)));
                context.Data["token"] = login.Payload!.Value;
                await Step.Run("order", context, async () =>
                {
                    await Task.Yield();
                    return context.Data["token"] is "token" ? Response.Ok(statusCode: "201", sizeBytes: 7) : Response.Fail(statusCode: "401");
                });
                return Response.Ok(sizeBytes: 107, customLatencyMs: 50);
            })
            .WithoutWarmUp().WithLoadSimulations(Ten);
        var stats = Runs.Quietly(scenario).ScenarioStats.Get("steps");

        Assert.Equal((10, 0, 1_070), (stats.AllOkCount, stats.AllFailCount, stats.AllBytes));
        var login = stats.StepStats.Get("login").Ok;
        Assert.Equal((10, 20, 20, 20, 1_000), (login.Request.Count, login.Latency.MinMs, login.Latency.Percent99, login.Latency.MaxMs, login.DataTransfer.AllBytes));
        Assert.Equal(10, stats.StepStats.Get("order").Ok.StatusCodes.Get("201").Count);
        Assert.Equal((50, 10, 0, 0), (stats.Ok.Latency.MeanMs, stats.Ok.Latency.LatencyCount.LessOrEq800, stats.Ok.Latency.LatencyCount.More800Less1200, stats.Ok.Latency.LatencyCount.MoreOrEq1200));
        Assert.False(stats.StepStats.Exists("logout"));
        Assert.Null(stats.StepStats.Find("logout"));
        Assert.Throws<KeyNotFoundException>(() => stats.StepStats.Get("logout"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_failed_step_ends_its_run_unless_told_otherwise(bool shouldRestart)
    {
        var after = 0;
        var scenario = Scenario.Create("steps", async context =>
            {
                var first = await Step.Run("first", context, () => Task.FromResult(Response.Fail<int>(statusCode: "503", message: "away")));
                Assert.True(first.IsError);
                Interlocked.Increment(ref after);
                return Response.Ok();
            })
            .WithoutWarmUp().WithLoadSimulations(Ten).WithRestartIterationOnFail(shouldRestart);
        var stats = Runs.Quietly(scenario).ScenarioStats.Get("steps");
        Assert.Equal(shouldRestart ? (0, 0, 10) : (10, 10, 0), (after, stats.AllOkCount, stats.AllFailCount));
        Assert.Equal(("away", 10), stats.StepStats.Get("first").Fail.StatusCodes.Get("503") is var code ? (code.Message, code.Count) : default);
        Assert.Equal(shouldRestart, stats.Fail.StatusCodes.Exists("503"));
    }

    [Fact]
    public void A_step_that_throws_has_failed()
    {
        var scenario = Scenario.Create("steps", async context =>
            {
                await Step.Run<string>("first", context, () => throw new IOException("broken pipe"));
                return Response.Ok();
            })
            .WithoutWarmUp().WithLoadSimulations(Ten);
        var stats = Runs.Quietly(scenario).ScenarioStats.Get("steps");
        Assert.Equal(10, stats.AllFailCount);
        Assert.Equal("broken pipe", stats.StepStats.Get("first").Fail.StatusCodes.Get("-101").Message);
    }
}

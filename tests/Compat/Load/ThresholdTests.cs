using NBomber.Contracts;
using NBomber.CSharp;

namespace Sallyport.Tests.Compat.Load;

/// <summary>Sets the exit code of this process for a moment.</summary>
[Collection(AloneInTheProcess.Name)]
public sealed class ThresholdTests
{
    [Fact]
    public void Thresholds_are_decided_on_the_figures_of_the_end()
    {
        var scenario = Half("half").WithThresholds(
            Threshold.Create(scenario => scenario.Fail.Request.Percent <= 50),
            Threshold.Create(scenario => scenario.AllFailCount == 0),
            Threshold.Create("step", step => step.Ok.Request.Count == 10 && step.Ok.StatusCodes.Exists("200")),
            Threshold.Create("no such step", step => step.Ok.Request.Count == 0),
            Threshold.Create(scenario => scenario.Ok.StatusCodes.Get("999").Count > 0));
        var results = Runs.Quietly(scenario).Thresholds;
        Assert.Equal([false, true, false, true, true], results.Select(result => result.IsFailed));
        Assert.Equal([0, 1, 0, 1, 1], results.Select(result => result.ErrorCount));
        Assert.Contains("AllFailCount == 0", results[1].CheckExpression, StringComparison.Ordinal);
        Assert.Equal(("half", "step"), (results[2].ScenarioName, results[2].StepName));
        Assert.Contains("no such step", results[3].ExceptionMsg, StringComparison.Ordinal);
        Assert.Contains("999", results[4].ExceptionMsg, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(10, 0)]
    [InlineData(11, 1)]
    public void One_that_failed_sets_the_exit_code(int least, int expected)
    {
        var before = Environment.ExitCode;
        try
        {
            Environment.ExitCode = 0;
            NBomberRunner.RegisterScenarios(Half("half").WithThresholds(Threshold.Create(scenario => scenario.AllOkCount >= least)))
                .WithoutReports().DisplayConsoleMetrics(false).Run();
            Assert.Equal(expected, Environment.ExitCode);
        }
        finally
        {
            Environment.ExitCode = before;
        }
    }

    [Fact]
    public void One_that_fails_so_often_ends_the_test()
    {
        var scenario = Scenario.Create("endless", async _ =>
            {
                await Task.Delay(1);
                return Response.Ok(statusCode: "200");
            })
            .WithoutWarmUp().WithLoadSimulations(Simulation.KeepConstant(1, TimeSpan.FromMinutes(10)))
            .WithThresholds(
                Threshold.Create(scenario => scenario.AllOkCount < 0, abortWhenErrorCount: 3, startCheckAfter: TimeSpan.FromMilliseconds(100)),
                Threshold.Create(scenario => scenario.AllOkCount < 0, startCheckAfter: TimeSpan.FromHours(1)));
        var node = Runs.Quietly(NBomberRunner.RegisterScenarios(scenario).WithoutReports().WithReportingInterval(TimeSpan.FromMilliseconds(50)));
        Assert.Equal([true, true], node.Thresholds.Select(result => result.IsFailed));
        Assert.InRange(node.Thresholds[0].ErrorCount, 3, 10);
        Assert.Equal(1, node.Thresholds[1].ErrorCount);
        Assert.InRange(node.Duration, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(9));
    }

    private static ScenarioProps Half(string name) =>
        Scenario.Create(name, async context =>
            {
                await Step.Run("step", context, () => Task.FromResult(context.InvocationNumber % 2 == 0 ? Response.Ok(statusCode: "200") : Response.Fail(statusCode: "500")));
                return Response.Ok();
            })
            .WithoutWarmUp().WithLoadSimulations(Simulation.IterationsForConstant(2, 20));
}

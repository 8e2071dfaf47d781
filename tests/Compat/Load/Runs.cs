using NBomber.Contracts;
using NBomber.Contracts.Stats;
using NBomber.CSharp;

namespace Sallyport.Tests.Compat.Load;

/// <summary>Runs scenarios, prints nothing and leaves the exit code of this process alone.</summary>
internal static class Runs
{
    public static NodeStats Quietly(params ScenarioProps[] scenarios) => Quietly(NBomberRunner.RegisterScenarios(scenarios).WithoutReports());

    public static NodeStats Quietly(NBomberContext context)
    {
        var before = Environment.ExitCode;
        try
        {
            return context.DisplayConsoleMetrics(false).Run();
        }
        finally
        {
            Environment.ExitCode = before;
        }
    }
}

using System.Collections.Concurrent;
using System.Net;
using NBomber.CSharp;

namespace Sallyport.LoadTests.Calibrate;

/// <summary>A rate that NBomber's API holds over plain connections, so that what is measured is the generator and not a client library.</summary>
internal static class Injection
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    public static async Task<Reading> RunAsync(EndPoint server, string path, int rate, CalibrationShape shape, CancellationToken cancellation)
    {
        var request = Traffic.Get(path, token: null);
        var idle = new ConcurrentQueue<Connection>();
        var scenario = Scenario.Create("calibration", async context =>
            {
                if (!idle.TryDequeue(out var connection)) connection = await Connection.OpenAsync(server, context.ScenarioCancellationToken);
                var status = await connection.ExchangeAsync(request, context.ScenarioCancellationToken);
                idle.Enqueue(connection);
                return status == 200 ? Response.Ok() : Response.Fail();
            })
            .WithInit(async _ =>
            {
                for (var i = 0; i < shape.Connections; i++) idle.Enqueue(await Connection.OpenAsync(server, cancellation));
            })
            .WithClean(_ =>
            {
                while (idle.TryDequeue(out var connection)) connection.Dispose();
                return Task.CompletedTask;
            })
            .WithWarmUpDuration(WarmUp)
            .WithLoadSimulations(Simulation.Inject(rate, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(shape.Seconds)));

        var node = await Task.Run(() => NBomberRunner.RegisterScenarios(scenario).WithoutReports().DisplayConsoleMetrics(false).Run(), cancellation);
        var stats = node.ScenarioStats[0];
        return new Reading(stats.Ok.Request.RPS, stats.Ok.Latency.Percent50, stats.Ok.Latency.Percent99, stats.AllFailCount);
    }
}

using System.CommandLine;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Sallyport.LoadTests.Calibrate;

/// <summary>The server that load generators are compared on: /now answers at once, /wait after 5 ms, and every fiftieth time after 25 ms.</summary>
internal static class CalibrationHost
{
    public const string Now = "/now";
    public const string Wait = "/wait";

    private const int Usual = 5;
    private const int Seldom = 25;
    private const int Every = 50;

    private static readonly byte[] Answer = "hello"u8.ToArray();

    private static int _waits;

    public static Command Verb()
    {
        var port = new Argument<int>("port");
        var verb = new Command("calibration-server") { Hidden = true, Arguments = { port } };
        verb.SetAction((parse, cancellation) => RunAsync(parse.GetValue(port), cancellation));
        return verb;
    }

    private static async Task RunAsync(int port, CancellationToken cancellation)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().UseUrls($"http://127.0.0.1:{port}");
        await using var app = builder.Build();
        app.Run(static async context =>
        {
            if (context.Request.Path.Value is Wait) await Task.Delay(Interlocked.Increment(ref _waits) % Every == 0 ? Seldom : Usual, context.RequestAborted);
            context.Response.ContentLength = Answer.Length;
            await context.Response.Body.WriteAsync(Answer, context.RequestAborted);
        });
        await ((IHost)app).RunAsync(cancellation);
    }
}

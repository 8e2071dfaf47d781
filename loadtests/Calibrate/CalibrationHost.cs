using System.CommandLine;
using Microsoft.AspNetCore.Http;

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
        verb.SetAction((parse, cancellation) => PlainServer.RunAsync(parse.GetValue(port), AnswerAsync, cancellation));
        return verb;
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Path.Value is Wait) await Task.Delay(Interlocked.Increment(ref _waits) % Every == 0 ? Seldom : Usual, context.RequestAborted);
        context.Response.ContentLength = Answer.Length;
        await context.Response.Body.WriteAsync(Answer, context.RequestAborted);
    }
}

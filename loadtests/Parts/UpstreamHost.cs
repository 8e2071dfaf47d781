using System.CommandLine;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Sallyport.LoadTests.Parts;

/// <summary>The upstream: answers everything with the same few bytes.</summary>
internal static class UpstreamHost
{
    private static readonly byte[] Answer = """{"orders":[{"id":1,"state":"open"},{"id":2,"state":"sent"}]}"""u8.ToArray();

    public static Command Verb()
    {
        var port = new Argument<int>("port");
        var verb = new Command("upstream") { Hidden = true, Arguments = { port } };
        verb.SetAction((parse, cancellation) => RunAsync(parse.GetValue(port), cancellation));
        return verb;
    }

    private static async Task RunAsync(int port, CancellationToken cancellation)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().UseUrls($"http://127.0.0.1:{port}");
        await using var app = builder.Build();
        app.Run(static context =>
        {
            context.Response.ContentType = "application/json";
            context.Response.ContentLength = Answer.Length;
            return context.Response.Body.WriteAsync(Answer, context.RequestAborted).AsTask();
        });
        await ((IHost)app).RunAsync(cancellation);
    }
}

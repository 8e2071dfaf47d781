using System.CommandLine;
using Microsoft.AspNetCore.Http;

namespace Sallyport.LoadTests.Parts;

/// <summary>The upstream: answers everything with the same few bytes.</summary>
internal static class UpstreamHost
{
    private static readonly byte[] Answer = """{"orders":[{"id":1,"state":"open"},{"id":2,"state":"sent"}]}"""u8.ToArray();

    public static Command Verb()
    {
        var port = new Argument<int>("port");
        var verb = new Command("upstream") { Hidden = true, Arguments = { port } };
        verb.SetAction((parse, cancellation) => PlainServer.RunAsync(parse.GetValue(port), AnswerAsync, cancellation));
        return verb;
    }

    private static Task AnswerAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = Answer.Length;
        return context.Response.Body.WriteAsync(Answer, context.RequestAborted).AsTask();
    }
}

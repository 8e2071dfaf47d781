using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Sallyport.LoadTests.Parts;

/// <summary>Kestrel on 127.0.0.1 and nothing else: whoever measures with it measures little of it.</summary>
internal static class PlainServer
{
    /// <param name="port">Any that is free unless told.</param>
    public static WebApplication Build(int port = 0)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().UseUrls($"http://127.0.0.1:{port}");
        return builder.Build();
    }

    /// <summary>Answers every request, until it is ended.</summary>
    public static async Task RunAsync(int port, RequestDelegate answer, CancellationToken cancellation)
    {
        await using var app = Build(port);
        app.Run(answer);
        await ((IHost)app).RunAsync(cancellation);
    }

    /// <summary>Ends it without waiting for requests that have no answer.</summary>
    public static async Task StopNowAsync(WebApplication app)
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await app.StopAsync(now.Token);
        await app.DisposeAsync();
    }
}

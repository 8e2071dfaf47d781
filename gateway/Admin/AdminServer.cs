using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Sallyport.Gateway.Admin;

/// <summary>Answers <c>/health/live</c>, <c>/health/startup</c> and <c>/health/ready</c>, on a Kestrel and an address of its own.</summary>
/// <remarks>Starts before the proxy listens and stops after it: a probe gets an answer at every moment between.</remarks>
internal sealed partial class AdminServer(
    RunningConfiguration running,
    Health health,
    ILoggerFactory loggers,
    ILogger<AdminServer> logger) : IHostedService, IAsyncDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter() },
    };

    private WebApplication? _app;

    /// <summary>Where it listens, with the port that was bound; null while it does not.</summary>
    public Uri? Address { get; private set; }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var url = (running.Options ?? throw new InvalidOperationException("No configuration is in force.")).Admin.Url;
        // Empty: nothing of the proxy's configuration gets in.
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddSingleton(loggers);
        // Probes come every few seconds, and are not worth a span each.
        builder.Services.AddSingleton(new System.Diagnostics.ActivitySource("Sallyport.Admin"));
        builder.WebHost.UseKestrelCore().UseUrls(url.GetLeftPart(UriPartial.Authority)).ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http1);
        });
        _app = builder.Build();
        _app.Run(AnswerAsync);
        await _app.StartAsync(cancellationToken);
        Address = new Uri(_app.Urls.Single());
        Listening(Address);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_app is null) return;
        Address = null;
        await _app.StopAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is { } app) await app.DisposeAsync();
    }

    private Task AnswerAsync(HttpContext context)
    {
        context.Features.Get<IHttpMetricsTagsFeature>()?.MetricsDisabled = true;
        HealthReport? report = context.Request.Path.Value switch
        {
            "/health/live" => Health.Live,
            "/health/startup" => health.Startup(),
            "/health/ready" => health.Ready(),
            _ => null,
        };
        context.Response.Headers.CacheControl = "no-store";
        if (report is null) return End(StatusCodes.Status404NotFound);
        if (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method)) return WriteAsync(context, report);
        context.Response.Headers.Allow = "GET, HEAD";
        return End(StatusCodes.Status405MethodNotAllowed);

        Task End(int status)
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        }
    }

    private static async Task WriteAsync(HttpContext context, HealthReport report)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(report, Json);
        var response = context.Response;
        response.StatusCode = report.Status == HealthStatus.NotReady ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
        response.ContentType = "application/json";
        response.ContentLength = body.Length;
        if (HttpMethods.IsHead(context.Request.Method)) return;
        await response.Body.WriteAsync(body, context.RequestAborted);
    }

    [LoggerMessage(6001, LogLevel.Information, "Health answers at {Address}health/ready")]
    private partial void Listening(Uri address);
}

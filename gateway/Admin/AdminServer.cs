using System.Text.Json;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace Sallyport.Gateway.Admin;

/// <summary>Answers <c>/health/live</c>, <c>/health/startup</c>, <c>/health/ready</c>, <c>/jwks</c> and <c>/keys</c>, on a Kestrel and an address of its own.</summary>
/// <remarks>
/// Starts before the proxy listens and stops after it: a probe gets an answer at every moment between. A bare Kestrel, not
/// a host: a second host would listen to the process's signals, and make a span, a measurement and log lines of every probe.
/// </remarks>
internal sealed partial class AdminServer(
    RunningConfiguration running,
    Health health,
    KeyCaches caches,
    IServiceProvider services,
    ILoggerFactory loggers,
    ILogger<AdminServer> logger,
    SigningStatus? signing = null) : IHostedService, IHttpApplication<HttpContext>, IDisposable
{
    private KestrelServer? _server;

    /// <summary>Where it listens, with the port that was bound; null while it does not.</summary>
    public Uri? Address { get; private set; }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var url = (running.Options ?? throw new InvalidOperationException("No configuration is in force.")).Admin.Url;
        var options = new KestrelServerOptions { ApplicationServices = services, AddServerHeader = false };
        options.Limits.MaxRequestBodySize = 0;
        options.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http1);
        var transport = new SocketTransportFactory(Options.Create(new SocketTransportOptions()), loggers);
        _server = new KestrelServer(Options.Create(options), transport, loggers);
        var addresses = _server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses;
        addresses.Add(url.GetLeftPart(UriPartial.Authority));
        await _server.StartAsync(this, cancellationToken);
        Address = new Uri(addresses.First());
        Listening(Address);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        Address = null;
        if (_server is { } server) await server.StopAsync(cancellationToken);
    }

    public void Dispose() => _server?.Dispose();

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public Task ProcessRequestAsync(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        object? report = context.Request.Path.Value switch
        {
            "/health/live" => Health.Live,
            "/health/startup" => health.Startup(),
            "/health/ready" => health.Ready(),
            "/jwks" => caches.Read(),
            "/keys" => signing?.Report(),
            _ => null,
        };
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

    public void DisposeContext(HttpContext context, Exception? exception)
    {
        // It holds nothing, and Kestrel has logged the exception.
    }

    private static async Task WriteAsync(HttpContext context, object report)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(report, report.GetType(), AdminJson.Options);
        var response = context.Response;
        response.StatusCode = report is HealthReport { Status: HealthStatus.NotReady } ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
        response.ContentType = "application/json";
        response.ContentLength = body.Length;
        if (HttpMethods.IsHead(context.Request.Method)) return;
        await response.Body.WriteAsync(body, context.RequestAborted);
    }

    [LoggerMessage(7001, LogLevel.Information, "Health answers at {Address}health/ready")]
    private partial void Listening(Uri address);
}

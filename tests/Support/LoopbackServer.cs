using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Sallyport.Tests.Support;

/// <summary>A Kestrel on 127.0.0.1 that can be stopped, as a crash would, and started again on the same port.</summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    private readonly RequestDelegate _handler;
    private readonly HttpProtocols _protocols;
    private readonly ILoggerProvider? _log;
    private WebApplication? _app;

    private LoopbackServer(RequestDelegate handler, HttpProtocols protocols, ILoggerProvider? log)
    {
        _handler = handler;
        _protocols = protocols;
        _log = log;
    }

    public int Port { get; } = FreePort.Next();

    /// <summary>Scheme, host and port, with no slash at the end.</summary>
    public string Url => $"http://127.0.0.1:{Port}";

    public static async Task<LoopbackServer> StartAsync(
        RequestDelegate handler, HttpProtocols protocols = HttpProtocols.Http1, ILoggerProvider? log = null)
    {
        var server = new LoopbackServer(handler, protocols, log);
        await server.StartAgain();
        return server;
    }

    /// <summary>Refuses connections from now on and cuts those that are open.</summary>
    public async Task Stop()
    {
        if (_app is not { } app)
            return;
        _app = null;
        // Cancelled from the start: Kestrel does not wait for requests to end.
        await app.StopAsync(new CancellationToken(canceled: true));
        await app.DisposeAsync();
    }

    public async Task StartAgain()
    {
        if (_app is not null)
            return;
        // Empty: nothing of this machine's environment or working directory gets in.
        var builder = WebApplication.CreateEmptyBuilder(new());
        if (_log is not null)
            builder.Logging.AddProvider(_log);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, Port, listen => listen.Protocols = _protocols);
        });
        var app = builder.Build();
        app.UseWebSockets();
        app.Run(_handler);
        await app.StartAsync();
        _app = app;
    }

    public async ValueTask DisposeAsync() => await Stop();
}

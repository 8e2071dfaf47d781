using System.Text.Encodings.Web;
using System.Text.Json;

namespace Sallyport.Gateway.Demonstration;

/// <summary>A service behind the gateway, for trying things out: answers every request with what reached it, as JSON.</summary>
internal sealed class DemonstrationUpstream(Uri address) : IHostedService, IDisposable
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly IHost _host = new HostBuilder()
        .ConfigureWebHost(web => web
            .UseKestrel(kestrel => kestrel.AddServerHeader = false)
            .UseUrls(address.GetLeftPart(UriPartial.Authority))
            .Configure(app => app.Run(Echo)))
        .Build();

    public Task StartAsync(CancellationToken cancellationToken) => _host.StartAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => _host.StopAsync(cancellationToken);

    public void Dispose() => _host.Dispose();

    private static async Task Echo(HttpContext context)
    {
        var request = context.Request;
        context.Response.ContentType = "application/json";
        await using var writer = new Utf8JsonWriter(context.Response.BodyWriter, Indented);
        writer.WriteStartObject();
        writer.WriteString("method", request.Method);
        writer.WriteString("path", request.PathBase.ToUriComponent() + request.Path.ToUriComponent() + request.QueryString.ToUriComponent());
        writer.WriteStartObject("headers");
        foreach (var (name, values) in request.Headers.OrderBy(header => header.Key, StringComparer.OrdinalIgnoreCase))
        {
            if (values.Count == 1)
            {
                writer.WriteString(name, values[0]);
                continue;
            }

            writer.WriteStartArray(name);
            foreach (var value in values) writer.WriteStringValue(value);
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
        await writer.FlushAsync(context.RequestAborted);
        await context.Response.WriteAsync("\n", context.RequestAborted);
    }
}

using System.CommandLine;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Configuration;

namespace Sallyport.LoadTests.Parts;

/// <summary>What the gateway is compared with: Kestrel, routing and YARP with their defaults, its routes open to all, no log.</summary>
internal static class BareYarpHost
{
    public static Command Verb()
    {
        var port = new Argument<int>("port");
        var destination = new Argument<string>("destination");
        var services = new Option<int>("--services") { Description = "How many further routes, /service-0000/{tenant} and so on." };
        var verb = new Command("bare-yarp") { Hidden = true, Arguments = { port, destination }, Options = { services } };
        verb.SetAction((parse, cancellation) => RunAsync(parse.GetValue(port), parse.GetValue(destination)!, parse.GetValue(services), cancellation));
        return verb;
    }

    private static async Task RunAsync(int port, string destination, int services, CancellationToken cancellation)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.Services.AddReverseProxy().LoadFromMemory(
            [
                Route("open", "/open/{**rest}"),
                Route("orders", "/orders/{tenant}/{**rest}"),
                .. Enumerable.Range(0, services).Select(i => Route(Service(i), $"/{Service(i)}/{{tenant}}/{{**rest}}")),
            ],
            [
                new ClusterConfig
                {
                    ClusterId = "upstream",
                    Destinations = new Dictionary<string, DestinationConfig>(StringComparer.Ordinal) { ["only"] = new() { Address = destination } },
                },
            ]);
        await using var app = builder.Build();
        app.MapReverseProxy();
        await ((IHost)app).RunAsync(cancellation);
    }

    /// <summary>The name of a service, and the first segment of its paths.</summary>
    public static string Service(int number) => string.Create(CultureInfo.InvariantCulture, $"service-{number:0000}");

    private static RouteConfig Route(string id, string path) => new() { RouteId = id, ClusterId = "upstream", Match = new RouteMatch { Path = path } };
}

using System.CommandLine;
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
        var verb = new Command("bare-yarp") { Hidden = true, Arguments = { port, destination } };
        verb.SetAction((parse, cancellation) => RunAsync(parse.GetValue(port), parse.GetValue(destination)!, cancellation));
        return verb;
    }

    private static async Task RunAsync(int port, string destination, CancellationToken cancellation)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.Services.AddReverseProxy().LoadFromMemory(
            [Route("open", "/open/{**rest}"), Route("orders", "/orders/{tenant}/{**rest}")],
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

    private static RouteConfig Route(string id, string path) => new() { RouteId = id, ClusterId = "upstream", Match = new RouteMatch { Path = path } };
}

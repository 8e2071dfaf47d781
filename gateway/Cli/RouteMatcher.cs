using Sallyport.Gateway.Configuration;
using Sallyport.Gateway.Proxy;
using Yarp.ReverseProxy.Model;

namespace Sallyport.Gateway.Cli;

/// <summary>The gateway's own host, built but never started, whose routing is asked which route a request would take.</summary>
/// <remarks>No endpoint runs, nothing listens, and no destination is called.</remarks>
internal sealed class RouteMatcher : IDisposable
{
    private readonly IHost _host;
    private readonly RequestDelegate _pipeline;

    /// <exception cref="MistakesException">The keys of an issuer cannot be opened.</exception>
    public RouteMatcher(LoadedConfiguration loaded, ConfigurationChoice choice)
    {
        // Loading routes would begin the health checks of their clusters.
        var options = loaded.Options with { Clusters = [.. loaded.Options.Clusters.Select(cluster => cluster with { HealthCheck = null })] };
        _host = GatewayHost.Build(loaded.Root, options, choice.EnvironmentName, choice.ContentRoot, services => services.AddLogging(logging => logging.ClearProviders()));
        Routes = _host.Services.GetRequiredService<RouteTable>();
        var app = new ApplicationBuilder(_host.Services);
        app.UseRouting();
        app.Use(_ => static _ => Task.CompletedTask);
        app.UseEndpoints(endpoints => endpoints.MapReverseProxy());
        _pipeline = app.Build();
    }

    public IServiceProvider Services => _host.Services;

    public RouteTable Routes { get; }

    /// <summary>Leaves the endpoint and the route's values on the context, as a request that arrived would have them.</summary>
    /// <returns>The matched route; null when there is none, or when only its method is another.</returns>
    public async Task<RouteRequirement?> MatchAsync(HttpContext context)
    {
        await using var scope = _host.Services.CreateAsyncScope();
#pragma warning disable RS0030 // Routing takes its services from there, as from a server.
        context.RequestServices = scope.ServiceProvider;
#pragma warning restore RS0030
        await _pipeline(context);
        return context.GetEndpoint()?.Metadata.GetMetadata<RouteModel>() is { } model ? Routes.Find(model.Config) : null;
    }

    /// <summary>The route of that name; null when there is none.</summary>
    public RouteRequirement? Find(string routeId) =>
        Routes.GetConfig().Routes.FirstOrDefault(route => string.Equals(route.RouteId, routeId, StringComparison.OrdinalIgnoreCase)) is { } found ? Routes.Find(found) : null;

    public void Dispose() => _host.Dispose();
}

using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Primitives;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Model;

namespace Sallyport.Gateway.Proxy;

/// <summary>Hands YARP its routes and clusters, and every route's endpoint its gate.</summary>
/// <remarks>
/// YARP keeps an endpoint as long as its route's configuration stays equal. Each publication therefore marks its routes
/// with a revision, so that a route whose policy changed gets a new endpoint with the new requirement, and a request
/// that already matched the old endpoint is judged by the old one: path, policy and trust always belong together.
/// </remarks>
internal sealed class RouteTable : IProxyConfigProvider
{
    private const string RevisionKey = "Sallyport:Revision";

    private readonly ConditionalWeakTable<RouteConfig, RouteRequirement> _requirements = [];
    private volatile Publication _current = new([], [], new CancellationTokenSource());
    private int _revision;

    public IProxyConfig GetConfig() => _current;

    /// <summary>Puts routes and clusters in force, each route with its requirement.</summary>
    public void Publish(IReadOnlyList<(RouteConfig Route, RouteRequirement Requirement)> routes, IReadOnlyList<ClusterConfig> clusters)
    {
        var revision = Interlocked.Increment(ref _revision).ToString(CultureInfo.InvariantCulture);
        var marked = new List<RouteConfig>(routes.Count);
        foreach (var (route, requirement) in routes)
        {
            var metadata = new Dictionary<string, string>(route.Metadata ?? new Dictionary<string, string>(StringComparer.Ordinal), StringComparer.OrdinalIgnoreCase)
            {
                [RevisionKey] = revision,
            };
            var config = route with { Metadata = metadata };
            _requirements.Add(config, requirement);
            marked.Add(config);
        }

        var before = _current;
        _current = new Publication(marked, clusters, new CancellationTokenSource());
        before.SignalChange();
    }

    /// <summary>The requirement that was published with this very route configuration.</summary>
    public RouteRequirement? Find(RouteConfig route) => _requirements.TryGetValue(route, out var requirement) ? requirement : null;

    /// <summary>Puts the gate before a route's endpoint. A route without a known requirement is answered with 503, never forwarded.</summary>
    public void Guard(EndpointBuilder endpoint, Gate gate)
    {
        var model = endpoint.Metadata.OfType<RouteModel>().Single();
        var forward = endpoint.RequestDelegate ?? throw new InvalidOperationException($"The endpoint of route '{model.Config.RouteId}' forwards nowhere.");
        if (Find(model.Config) is not { } requirement)
        {
            endpoint.RequestDelegate = Challenge.NotReady;
            return;
        }

        endpoint.RequestDelegate = gate.Before(forward, requirement);

        // The gate takes the place of the policy's attribute. Without the gate the attribute stays, and ASP.NET Core
        // refuses to run an endpoint whose policy nobody enforces.
        for (var i = endpoint.Metadata.Count - 1; i >= 0; i--)
            if (endpoint.Metadata[i] is IAuthorizeData or IAllowAnonymous)
                endpoint.Metadata.RemoveAt(i);
    }

    private sealed class Publication(IReadOnlyList<RouteConfig> routes, IReadOnlyList<ClusterConfig> clusters, CancellationTokenSource change) : IProxyConfig
    {
        public IReadOnlyList<RouteConfig> Routes { get; } = routes;

        public IReadOnlyList<ClusterConfig> Clusters { get; } = clusters;

        public IChangeToken ChangeToken { get; } = new CancellationChangeToken(change.Token);

        public void SignalChange() => change.Cancel();
    }
}

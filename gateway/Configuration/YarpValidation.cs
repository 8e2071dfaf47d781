using Yarp.ReverseProxy.Configuration;

namespace Sallyport.Gateway.Configuration;

/// <summary>Asks YARP's own validators about routes and clusters, before the running proxy would.</summary>
internal static class YarpValidation
{
    private const string Mend = "Write it as YARP documents it.";

    public static IEnumerable<Mistake> Check(IReadOnlyList<RouteConfig> routes, IReadOnlyList<ClusterConfig> clusters)
    {
        using var services = new ServiceCollection().AddLogging().AddReverseProxy().Services.BuildServiceProvider();
        var validator = services.GetRequiredService<IConfigValidator>();
        foreach (var route in routes)
        {
            // Our policies are not known here, and are checked already.
            var errors = Completed(validator.ValidateRouteAsync(route with { AuthorizationPolicy = null }));
            foreach (var error in errors)
                yield return new(JsonPath.ReverseProxy.Member("Routes").Member(route.RouteId).Text, $"is refused by YARP: {error.Message}", Mend);
        }

        foreach (var cluster in clusters)
        {
            foreach (var error in Completed(validator.ValidateClusterAsync(cluster)))
                yield return new(JsonPath.ReverseProxy.Member("Clusters").Member(cluster.ClusterId).Text, $"is refused by YARP: {error.Message}", Mend);
        }
    }

    /// <summary>The validators wait for nothing: they are asynchronous for policy providers that would.</summary>
#pragma warning disable VSTHRD002
    private static IList<Exception> Completed(ValueTask<IList<Exception>> validation) => validation.AsTask().GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
}

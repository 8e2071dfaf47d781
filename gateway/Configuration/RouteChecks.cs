using Sallyport.Gateway.Issuing;
using Sallyport.Policies;
using Yarp.ReverseProxy.Configuration;

namespace Sallyport.Gateway.Configuration;

/// <summary>What every route must say before it may load; the rest is left to YARP's own validators.</summary>
internal static class RouteChecks
{
    public static IEnumerable<Mistake> Check(GatewayOptions options)
    {
        var policies = PolicyReferences.ByName(options.Policies);
        var assertion = options.Issuer?.Assertions.Header;
        var isBearer = assertion is not null && AssertionAudience.IsAuthorization(assertion);
        var asserting = options.Clusters.Where(cluster => ClusterMetadataChecks.AudienceOf(cluster) is not null).Select(cluster => cluster.ClusterId).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var route in options.Routes)
        {
            var isReplaced = isBearer && asserting.Contains(route.ClusterId ?? "");
            var path = JsonPath.ReverseProxy.Member("Routes").Member(route.RouteId);
            IEnumerable<Mistake>[] rules =
            [
                NamesAPolicy(route, path, policies),
                HasTheRouteValuesOfItsPolicy(route, path, policies),
                GoesToACluster(route, path, options.Clusters),
                RouteMetadataChecks.Check(route, path, isReplaced),
                RouteTransformChecks.Check(route, path, options.Forwarding.Prefix, assertion, isReplaced),
            ];
            foreach (var mistake in rules.SelectMany(found => found))
                yield return mistake;
        }

        foreach (var mistake in DestinationChecks.Check(options.Clusters)
            .Concat(ClusterMetadataChecks.Check(options.Clusters, options.Issuer))
            .Concat(YarpValidation.Check(options.Routes, options.Clusters)))
            yield return mistake;
    }

    private static IEnumerable<Mistake> NamesAPolicy(RouteConfig route, JsonPath path, Dictionary<string, PolicyOptions> policies)
    {
        const string Mend = "Name a policy of Sallyport.Policies, or \"Anonymous\" for an open route.";
        var name = route.AuthorizationPolicy;
        var at = path.Member("AuthorizationPolicy");
        if (string.IsNullOrWhiteSpace(name))
            yield return new(at.Text, $"is not given, so route {Quoted.Text(route.RouteId)} does not say who may pass.", Mend);
        else if (name.Equals("Default", StringComparison.OrdinalIgnoreCase))
            yield return new(at.Text, $"is \"Default\" on route {Quoted.Text(route.RouteId)}, but there is no default policy.", Mend);
        else if (!name.Equals("Anonymous", StringComparison.OrdinalIgnoreCase) && !policies.ContainsKey(name))
            yield return new(at.Text, $"is {Quoted.Text(name)} on route {Quoted.Text(route.RouteId)}, which is no policy.", Suggestion.Mend(name, [.. policies.Keys, "Anonymous"], ""));
    }

    private static IEnumerable<Mistake> HasTheRouteValuesOfItsPolicy(RouteConfig route, JsonPath path, Dictionary<string, PolicyOptions> policies)
    {
        if (route.AuthorizationPolicy is null || !policies.TryGetValue(route.AuthorizationPolicy, out var policy) || RouteParameters.Of(route) is not { } parameters)
            yield break;
        foreach (var tied in PolicyReferences.Closure(policy, policies).Where(tied => tied.Tenant is not null))
        {
            if (!parameters.Contains(tied.Tenant!.RouteValue))
                yield return new(path.Member("Match").Member("Path").Text, $"has no parameter {Quoted.Text(tied.Tenant.RouteValue)}, which the tenant rule of policy {Quoted.Text(tied.Name)} compares.", $"Put {{{tied.Tenant.RouteValue}}} into the path, or name another policy.");
        }
    }

    private static IEnumerable<Mistake> GoesToACluster(RouteConfig route, JsonPath path, IReadOnlyList<ClusterConfig> clusters)
    {
        var at = path.Member("ClusterId");
        if (string.IsNullOrEmpty(route.ClusterId))
            yield return new(at.Text, "is not given.", "Name a cluster of ReverseProxy.Clusters.");
        else if (!clusters.Any(cluster => cluster.ClusterId.Equals(route.ClusterId, StringComparison.OrdinalIgnoreCase)))
            yield return new(at.Text, $"is {Quoted.Text(route.ClusterId)}, which is no cluster.", Suggestion.Mend(route.ClusterId, [.. clusters.Select(cluster => cluster.ClusterId)], "There are none in ReverseProxy.Clusters."));
    }
}

using Sallyport.Gateway.Configuration;
using Sallyport.Gateway.Issuing;
using Sallyport.Gateway.Proxy;
using Sallyport.Gateway.Trust;
using Sallyport.Policies;
using Yarp.ReverseProxy.Configuration;

namespace Sallyport.Gateway;

/// <summary>The configuration in force. A new one is compiled whole and then published, or refused whole.</summary>
internal sealed class RunningConfiguration(
    TrustedIssuers trust, CompiledPolicies policies, RouteTable routes, TrustedIssuerFactory issuers, Clients? clients = null, AssertionMint? assertions = null)
{
    private const string TokenKey = "Sallyport:Token";

    private readonly Lock _lock = new();

    /// <summary>The options in force; null before the first were published.</summary>
    public GatewayOptions? Options { get; private set; }

    /// <returns>Mistakes that only show when the keys are opened; none when the options are now in force.</returns>
    public IReadOnlyList<Mistake> Apply(GatewayOptions options)
    {
        lock (_lock)
        {
            var mistakes = new List<Mistake>();
            var opened = OpenIssuers(options, mistakes);
            var audiences = AudiencesOf(options, mistakes);
            var openedClients = OpenClients(options, mistakes);
            if (mistakes.Count > 0) return mistakes;

            var model = new TrustModel(opened);
            var compiled = Requirement.Compile([.. options.Policies]);
            var folding = new HeaderFolding(options.Forwarding.Prefix, options.Issuer?.Assertions.Header);
            var projection = new HeaderProjection(options.Forwarding);
            var table = new List<(RouteConfig, RouteRequirement)>(options.Routes.Count);
            foreach (var route in options.Routes)
                table.Add((route, new RouteRequirement(
                    route.RouteId,
                    RequirementOf(route, compiled),
                    model,
                    KeepsToken(route, options.Forwarding),
                    options.Forwarding.CloseOnExpiry,
                    folding,
                    projection,
                    audiences.GetValueOrDefault(route.ClusterId ?? ""))));

            trust.Publish(model);
            clients?.Publish(openedClients);
            policies.Publish(compiled);
            routes.Publish(table, options.Clusters);
            Options = options;
            return [];
        }
    }

    /// <summary>Opens the issuers' keys without putting anything in force: what <c>check</c> does.</summary>
    public IReadOnlyList<TrustedIssuer> OpenIssuers(GatewayOptions options, List<Mistake> mistakes)
    {
        var before = trust.Current?.Issuers.ToDictionary(i => i.Name, StringComparer.Ordinal);
        var opened = new List<TrustedIssuer>();
        foreach (var issuer in options.TrustedIssuers)
        {
            if (issuers.Create(issuer, before?.GetValueOrDefault(issuer.Name), out var problem) is { } trusted) opened.Add(trusted);
            else mistakes.Add(new Mistake($"$.Sallyport.TrustedIssuers.{issuer.Name}.Keys", problem ?? "The keys cannot be opened.", "Give keys that can be read."));
        }

        return opened;
    }

    private Dictionary<string, AssertionAudience> AudiencesOf(GatewayOptions options, List<Mistake> mistakes)
    {
        var audiences = new Dictionary<string, AssertionAudience>(StringComparer.OrdinalIgnoreCase);
        foreach (var cluster in options.Clusters)
        {
            if (ClusterMetadataChecks.AudienceOf(cluster) is not { } audience) continue;
            if (assertions is not null && options.Issuer is { } issuer)
                audiences[cluster.ClusterId] = new AssertionAudience(audience, issuer.Assertions, assertions);
            else
                mistakes.Add(new Mistake($"$.ReverseProxy.Clusters.{cluster.ClusterId}.Metadata", "asks for assertions, but this process was started without an issuer.", "Start it anew with Sallyport.Issuer."));
        }

        return audiences;
    }

    /// <summary>Opens the keys of the issuer's clients without putting anything in force.</summary>
    public IReadOnlyList<Client> OpenClients(GatewayOptions options, List<Mistake> mistakes)
    {
        var problems = new List<(string Client, string Problem)>();
        var opened = (clients ?? new Clients()).Open(options.Issuer?.Clients ?? [], problems);
        mistakes.AddRange(problems.Select(found => new Mistake($"$.Sallyport.Issuer.Clients.{found.Client}.Keys", found.Problem, "Give public keys that can be read.")));
        return opened;
    }

    public static Requirement RequirementOf(RouteConfig route, IReadOnlyDictionary<string, Requirement> compiled)
    {
        if (string.Equals(route.AuthorizationPolicy, "Anonymous", StringComparison.OrdinalIgnoreCase)) return Requirement.Anonymous;
        return route.AuthorizationPolicy is { } name && compiled.TryGetValue(name, out var requirement)
            ? requirement
            : throw new InvalidOperationException($"Route '{route.RouteId}' names no policy.");
    }

    private static bool KeepsToken(RouteConfig route, ForwardingOptions forwarding) =>
        route.Metadata?.TryGetValue(TokenKey, out var choice) == true
            ? string.Equals(choice, "Keep", StringComparison.OrdinalIgnoreCase)
            : forwarding.KeepToken;
}

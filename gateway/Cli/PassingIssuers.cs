using Sallyport.Policies;

namespace Sallyport.Gateway.Cli;

/// <summary>Whose tokens can pass a policy at all, as far as the policy's issuers say; scopes and claims decide the rest.</summary>
internal sealed class PassingIssuers(IReadOnlyList<string> all, IReadOnlyDictionary<string, PolicyOptions> policies)
{
    /// <summary>Configured names, in the order of the configuration.</summary>
    public IReadOnlyList<string> Of(PolicyOptions policy)
    {
        var named = policy.Issuers.Count == 0 ? all : [.. all.Where(policy.Issuers.Contains)];
        foreach (var name in policy.AllOf)
        {
            var part = Of(policies[name]);
            named = [.. named.Where(part.Contains)];
        }

        if (policy.AnyOf.Count == 0) return named;
        var any = policy.AnyOf.SelectMany(name => Of(policies[name])).ToHashSet(StringComparer.Ordinal);
        return [.. named.Where(any.Contains)];
    }
}

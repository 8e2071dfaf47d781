using System.Collections.Frozen;

namespace Sallyport.Policies;

/// <summary>A policy, compiled: decides on a principal, again on every request.</summary>
/// <remarks>
/// The parts are asked in a fixed order, so that a refusal has one reason: issuers, audiences, claims, tenant, scopes,
/// then the combined policies. Absent is never equal: a claim that the token lacks satisfies nothing.
/// </remarks>
public sealed class Requirement
{
    // Arrays, because they are walked on every request; of issuers there may be a thousand.
    private readonly PolicyOptions? _policy;
    private readonly FrozenSet<string> _issuers = [];
    private readonly string[] _audiences = [];
    private readonly string[] _allScopes = [];
    private readonly string[] _anyScopes = [];
    private readonly (string Name, string[] Accepted)[] _claims = [];
    private readonly Requirement[] _allOf;
    private readonly Requirement[] _anyOf;

    private Requirement(PolicyOptions? policy, Requirement[] allOf, Requirement[] anyOf)
    {
        (_policy, _allOf, _anyOf) = (policy, allOf, anyOf);
        if (policy is null) return;
        FailsClosed = policy.FailsClosed || Array.Exists(allOf, part => part.FailsClosed) || Array.Exists(anyOf, part => part.FailsClosed);
        _issuers = policy.Issuers.ToFrozenSet(StringComparer.Ordinal);
        _audiences = [.. policy.Audiences];
        _allScopes = [.. policy.AllScopes];
        _anyScopes = [.. policy.AnyScopes];
        _claims = [.. policy.Claims.Select(claim => (claim.Key, claim.Value.ToArray()))];
    }

    /// <summary>The requirement of an open route: no token is asked for or looked at.</summary>
    public static Requirement Anonymous { get; } = new(null, [], []);

    /// <summary>Whether this is the requirement of an open route.</summary>
    public bool IsAnonymous => _policy is null;

    /// <summary>The policy's name; <c>Anonymous</c> for an open route.</summary>
    public string Name => _policy?.Name ?? "Anonymous";

    /// <summary>Whether a request without a token is refused.</summary>
    public bool IsTokenRequired => _policy?.Required ?? false;

    /// <summary>Whether no token passes while it is not known which ones have been revoked of late; so if any of the combined policies says so.</summary>
    public bool FailsClosed { get; }

    /// <summary>Where the token is found.</summary>
    public TokenSource Token => _policy?.Token ?? TokenSource.Header;

    /// <summary>Decides.</summary>
    /// <param name="principal">Null for a request without a token.</param>
    /// <param name="routeValues">The values of the route's parameters.</param>
    public Decision Decide(Principal? principal, IReadOnlyDictionary<string, object?> routeValues)
    {
        if (_policy is null) return Decision.Allowed;
        if (principal is null)
            return _policy.Required ? Decision.Denied(DenialReason.TokenMissing, "This route needs a token.") : Decision.Allowed;
        return DecideOn(principal, routeValues);
    }

    /// <summary>Compiles policies that refer to each other by name.</summary>
    /// <exception cref="ArgumentException">A name is unknown, or policies refer to each other in a circle.</exception>
    public static IReadOnlyDictionary<string, Requirement> Compile(IReadOnlyCollection<PolicyOptions> policies)
    {
        var byName = policies.ToDictionary(p => p.Name, StringComparer.Ordinal);
        var compiled = new Dictionary<string, Requirement>(StringComparer.Ordinal);
        var open = new HashSet<string>(StringComparer.Ordinal);
        foreach (var policy in policies) CompileOne(policy.Name);
        return compiled;

        Requirement CompileOne(string name)
        {
            if (compiled.TryGetValue(name, out var done)) return done;
            if (!byName.TryGetValue(name, out var policy))
                throw new ArgumentException($"No policy is named '{name}'.", nameof(policies));
            if (!open.Add(name))
                throw new ArgumentException($"Policy '{name}' refers to itself.", nameof(policies));
            var requirement = new Requirement(policy, [.. policy.AllOf.Select(CompileOne)], [.. policy.AnyOf.Select(CompileOne)]);
            open.Remove(name);
            return compiled[name] = requirement;
        }
    }

    private Decision DecideOn(Principal principal, IReadOnlyDictionary<string, object?> routeValues)
    {
        if (_issuers.Count > 0 && !_issuers.Contains(principal.IssuerName))
            return Decision.Denied(DenialReason.IssuerNotAllowed, "Tokens of this issuer may not pass this route.");

        if (_audiences.Length > 0 && !Overlap(_audiences, principal.Audiences))
            return Decision.Denied(DenialReason.AudienceNotAllowed, "The token is not for the audience of this route.");

        foreach (var (name, accepted) in _claims)
        {
            if (!principal.TryGetClaim(name, out var value))
                return Decision.Denied(DenialReason.ClaimMissing, $"The token lacks the claim '{name}'.");
            if (!MatchesAny(value, accepted))
                return Decision.Denied(DenialReason.ClaimMismatch, $"The claim '{name}' has no accepted value.");
        }

        if (_policy!.Tenant is { } tenant)
        {
            var decision = tenant.Decide(principal, routeValues);
            if (!decision.IsAllowed) return decision;
        }

        foreach (var scope in _allScopes)
            if (!principal.Scopes.Contains(scope))
                return Decision.InsufficientScope(string.Join(' ', _allScopes));

        if (_anyScopes.Length > 0 && !HasAny(principal.Scopes, _anyScopes))
            return Decision.InsufficientScope(string.Join(' ', _anyScopes));

        foreach (var requirement in _allOf)
        {
            var decision = requirement.DecideOn(principal, routeValues);
            if (!decision.IsAllowed) return decision;
        }

        return _anyOf.Length == 0 ? Decision.Allowed : DecideAnyOf(principal, routeValues);
    }

    private Decision DecideAnyOf(Principal principal, IReadOnlyDictionary<string, object?> routeValues)
    {
        // The first refusal is the one that is told: the order is the operator's.
        Decision? first = null;
        foreach (var requirement in _anyOf)
        {
            var decision = requirement.DecideOn(principal, routeValues);
            if (decision.IsAllowed) return decision;
            first ??= decision;
        }

        return first ?? default;
    }

    private static bool Holds(string[] values, string value)
    {
        foreach (var held in values)
            if (string.Equals(held, value, StringComparison.Ordinal))
                return true;
        return false;
    }

    private static bool HasAny(ScopeSet scopes, string[] wanted)
    {
        foreach (var scope in wanted)
            if (scopes.Contains(scope))
                return true;
        return false;
    }

    private static bool Overlap(string[] accepted, IReadOnlyList<string> given)
    {
        for (var i = 0; i < given.Count; i++)
            if (Holds(accepted, given[i]))
                return true;
        return false;
    }

    private static bool MatchesAny(in ClaimValue value, string[] accepted)
    {
        foreach (var expected in accepted)
            if (value.Matches(expected))
                return true;
        return false;
    }
}

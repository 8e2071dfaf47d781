using Sallyport.Policies;

namespace Sallyport.Gateway.Configuration;

/// <summary>Reads <c>Sallyport:Policies</c>.</summary>
internal static class PoliciesSection
{
    /// <summary>Words with a meaning of YARP's own in a route's <c>AuthorizationPolicy</c>.</summary>
    private static readonly string[] Reserved = ["Anonymous", "Default"];

    /// <param name="issuers">The configured names of the trusted issuers.</param>
    public static IReadOnlyList<PolicyOptions> Read(SectionReader section, IReadOnlyCollection<string> issuers)
    {
        var policies = new List<PolicyOptions>();
        foreach (var entry in section.Named())
            policies.Add(Policy(entry, issuers));
        PolicyReferences.Check(section, policies);
        return policies;
    }

    private static PolicyOptions Policy(SectionReader entry, IReadOnlyCollection<string> issuers)
    {
        EntryName.Check(entry, "policy");
        if (Reserved.Contains(entry.Name, StringComparer.OrdinalIgnoreCase))
            entry.Wrong(entry.Path, "has a name that YARP gives a meaning of its own.", "Choose another name.");
        var scopes = entry.Object("Scopes");
        var policy = new PolicyOptions
        {
            Name = entry.Name,
            Required = entry.Boolean("Required", true),
            Issuers = entry.StringsOrAbsent("Issuers"),
            Audiences = entry.StringsOrAbsent("Audiences"),
            AllScopes = Scopes(scopes, "All"),
            AnyScopes = Scopes(scopes, "Any"),
            Claims = ClaimValues.Read(entry.Object("Claims")),
            Tenant = Tenant(entry),
            AnyOf = entry.StringsOrAbsent("AnyOf"),
            AllOf = entry.StringsOrAbsent("AllOf"),
            FailsClosed = entry.Choice("Revocation", "FailOpen", "FailClosed") == "FailClosed",
            Token = TokenSection.Read(entry.Object("Token"), entry.Mentions("Token")),
        };
        scopes.Finish();
        entry.Finish();
        for (var i = 0; i < policy.Issuers.Count; i++)
        {
            if (!issuers.Contains(policy.Issuers[i], StringComparer.Ordinal))
                entry.Wrong(entry.Path.Member("Issuers").Element(i), $"names {Quoted.Text(policy.Issuers[i])}, which is no trusted issuer.", Suggestion.Mend(policy.Issuers[i], issuers, "There are none in Sallyport.TrustedIssuers."));
        }

        return policy;
    }

    /// <summary>A scope with a space in it could never match: spaces separate scopes (RFC 6749 section 3.3).</summary>
    private static IReadOnlyList<string> Scopes(SectionReader section, string key)
    {
        var scopes = section.Strings(key) ?? [];
        for (var i = 0; i < scopes.Count; i++)
        {
            if (!scopes[i].All(c => c is '\x21' or (>= '\x23' and <= '\x5b') or (>= '\x5d' and <= '\x7e')))
                section.Wrong(section.Path.Member(key).Element(i), $"is {Quoted.Text(scopes[i])}, which is no single scope.", "Write each scope as an element of its own, without spaces, quotes and backslashes.");
        }

        return scopes;
    }

    private static TenantRule? Tenant(SectionReader entry)
    {
        var tenant = entry.Object("Tenant");
        var routeValue = tenant.String("RouteValue");
        var claim = tenant.String("Claim");
        tenant.Finish();
        if (!entry.Mentions("Tenant"))
            return null;
        foreach (var key in (string[])["RouteValue", "Claim"])
        {
            if (!tenant.Has(key))
                tenant.Wrong(key, "is not given.", "A tenant rule names a route value and the claim that must equal it.");
        }

        return routeValue is null || claim is null ? null : new(routeValue, claim);
    }
}

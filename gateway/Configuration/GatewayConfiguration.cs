using Sallyport.Gateway.Keys;

namespace Sallyport.Gateway.Configuration;

/// <summary>Reads and checks a whole configuration, and answers every mistake in it at once.</summary>
internal static class GatewayConfiguration
{
    private static readonly string[] OwnSections = ["Sallyport", "ReverseProxy"];

    /// <param name="root">All sources, merged.</param>
    /// <param name="environmentName">In <c>Development</c> http and the demonstration are allowed.</param>
    /// <param name="contentRoot">The folder from which relative file paths are resolved.</param>
    public static ConfigurationReading Read(IConfiguration root, string environmentName, string contentRoot)
    {
        var context = new ReadingContext(
            environmentName.Equals("Development", StringComparison.OrdinalIgnoreCase),
            Path.GetFullPath(contentRoot));
        var mistakes = new List<Mistake>();
        MisspeltSections(root, mistakes);
        if (root is IConfigurationRoot { Providers: var providers })
            mistakes.AddRange(OwnSections.SelectMany(section => MergedArrays.Check(root.GetSection(section), providers)));

        var sallyport = SectionReader.Of(root.GetSection("Sallyport"), JsonPath.Sallyport, mistakes);
        var issuer = IssuerSection.Read(sallyport.Object("Issuer"), sallyport.Mentions("Issuer"), context);
        var issuers = TrustedIssuersSection.Read(sallyport.Object("TrustedIssuers"), context, issuer?.Issuer);
        var policies = PoliciesSection.Read(sallyport.Object("Policies"), [.. issuers.Select(trusted => trusted.Name)]);
        var redis = RedisSection.Read(sallyport.Object("Redis"), context);
        var revocation = RevocationSection.Read(sallyport.Object("Revocation"));
        var identity = IdentitySection.Read(sallyport.Object("Identity"), sallyport.Mentions("Identity"), context);
        var audit = AuditSection.Read(sallyport.Object("Audit"), issuer?.Issuer, context);
        var forwarding = ForwardingSection.Read(sallyport.Object("Forwarding"));
        var verifiedTokens = VerifiedTokensSection.Read(sallyport.Object("VerifiedTokens"));
        var admin = AdminSection.Read(sallyport.Object("Admin"));
        var telemetry = TelemetrySection.Read(sallyport.Object("Telemetry"));
        var demonstration = DemonstrationSection.Read(sallyport.Object("Demonstration"));
        sallyport.Finish();
        if (issuer is { Keys.Store: KeyStoreKind.Spiffe } && !sallyport.Mentions("Identity"))
            mistakes.Add(new(JsonPath.Sallyport.Member("Issuer").Member("Keys").Member("Store").Text, "is Spiffe, but there is no Sallyport.Identity, whose SVIDs would sign.", "Configure it, or name another Store."));
        if (issuer is not null && identity is { Required: true }) issuer = issuer with { Keys = issuer.Keys with { IsEndorsementRequired = true } };

        var (routes, clusters) = ReverseProxySection.Read(root.GetSection("ReverseProxy"), mistakes);
        var options = new GatewayOptions
        {
            TrustedIssuers = issuers,
            Policies = policies,
            Redis = redis,
            Revocation = revocation,
            Issuer = issuer,
            Identity = identity,
            Audit = audit,
            Forwarding = forwarding,
            VerifiedTokens = verifiedTokens,
            Admin = admin,
            Telemetry = telemetry,
            Demonstration = demonstration,
            Routes = routes,
            Clusters = clusters,
        };

        // What already has a mistake read as something else than it says; the rules on it would only repeat the mistake.
        var wrong = mistakes.Select(mistake => mistake.Path).ToHashSet(StringComparer.Ordinal);
        mistakes.AddRange(Lint.Check(options, context).Where(mistake => !wrong.Contains(mistake.Path)));
        mistakes.AddRange(RouteChecks.Check(options));
        return new(mistakes.Count == 0 ? options : null, mistakes);
    }

    /// <summary>The rest of the configuration is not ours, but a section one letter off would be passed over in silence.</summary>
    private static void MisspeltSections(IConfiguration root, List<Mistake> mistakes)
    {
        foreach (var section in root.GetChildren().Where(section => !OwnSections.Contains(section.Key, StringComparer.OrdinalIgnoreCase)))
        {
            if (Suggestion.Nearest(section.Key, OwnSections) is { } nearest && section.GetChildren().Any())
                mistakes.Add(new(JsonPath.Root.Member(section.Key).Text, "is not a section that Sallyport knows.", $"Did you mean {Quoted.Text(nearest)}?"));
        }
    }
}

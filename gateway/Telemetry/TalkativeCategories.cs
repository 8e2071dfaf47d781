namespace Sallyport.Gateway.Telemetry;

/// <summary>Log categories that write what may hold a token: whole addresses, and header lines that did not parse.</summary>
/// <remarks>
/// They are held down for every provider by their full names, after the configuration was read: whatever it asks for, no
/// rule of it is more specific. Hosting's says nothing above Information, and a log that it may write costs every request an
/// activity and a scope.
/// </remarks>
internal static class TalkativeCategories
{
    private static readonly (string Category, LogLevel Level)[] HeldDown =
    [
        ("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None),
        ("Microsoft.AspNetCore.Server.Kestrel.BadRequests", LogLevel.Information),
        ("Yarp.ReverseProxy.Forwarder.HttpForwarder", LogLevel.Warning),
    ];

    public static void Silence(LoggerFilterOptions options)
    {
        // A rule that names a provider wins over one that does not, so each provider that is named gets ours as well.
        string?[] providers = [.. options.Rules.Select(rule => rule.ProviderName).Append(null).Distinct(StringComparer.Ordinal)];
        foreach (var provider in providers)
            foreach (var (category, level) in HeldDown)
                options.Rules.Add(new LoggerFilterRule(provider, category, level, filter: null));
    }
}

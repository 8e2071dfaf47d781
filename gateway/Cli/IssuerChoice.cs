using Sallyport.Gateway.Configuration;
using Sallyport.Gateway.Trust;

namespace Sallyport.Gateway.Cli;

/// <summary>Which trusted issuer an <c>--issuer</c> means; it may be left out where there is one.</summary>
internal static class IssuerChoice
{
    /// <returns>Null with a problem.</returns>
    public static TrustedIssuerOptions? Find(string? name, GatewayOptions options, out string problem)
    {
        problem = "";
        var names = string.Join(", ", options.TrustedIssuers.Select(issuer => issuer.Name));
        if (name is null && options.TrustedIssuers is [var only]) return only;
        if (options.TrustedIssuers.FirstOrDefault(issuer => string.Equals(issuer.Name, name, StringComparison.Ordinal)) is { } found) return found;
        problem = name is null ? $"Give --issuer: one of {names}." : $"No trusted issuer is named '{name}'; there are: {names}.";
        return null;
    }
}

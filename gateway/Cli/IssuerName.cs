using Sallyport.Gateway.Configuration;
using Sallyport.Gateway.Trust;

namespace Sallyport.Gateway.Cli;

/// <summary>The configured name of a trusted issuer, as a command line gives it.</summary>
internal static class IssuerName
{
    /// <summary>Whether a name is given that no issuer has; if so, it is said.</summary>
    public static bool Unknown(string? name, GatewayOptions options, ConsoleStreams streams)
    {
        if (name is null || options.TrustedIssuers.Any(known => known.Name == name)) return false;
        streams.Error.WriteLine($"No trusted issuer is named '{Visible.Line(name)}'; there are: {string.Join(", ", options.TrustedIssuers.Select(known => known.Name))}.");
        return true;
    }

    /// <summary>The issuer of that name; without a name the only one there is. What is wrong otherwise is said.</summary>
    public static TrustedIssuerOptions? Choose(string? name, GatewayOptions options, ConsoleStreams streams)
    {
        if (Unknown(name, options, streams)) return null;
        if (name is not null) return options.TrustedIssuers.First(known => known.Name == name);
        if (options.TrustedIssuers is [var only]) return only;
        streams.Error.WriteLine($"Give --issuer: one of {string.Join(", ", options.TrustedIssuers.Select(known => known.Name))}.");
        return null;
    }
}

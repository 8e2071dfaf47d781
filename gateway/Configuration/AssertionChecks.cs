using System.Text.RegularExpressions;
using Sallyport.Gateway.Issuing;
using Sallyport.Gateway.Proxy;

namespace Sallyport.Gateway.Configuration;

/// <summary>Checks what <c>Sallyport:Issuer:Assertions</c> says against the rest: the header must be nobody else's, and the claims too.</summary>
internal static partial class AssertionChecks
{
    private const int LongestName = 64;

    public static IEnumerable<Mistake> Check(GatewayOptions options)
    {
        if (options.Issuer?.Assertions is not { } assertions) yield break;
        var path = JsonPath.Sallyport.Member("Issuer").Member("Assertions");
        var header = assertions.Header;
        var at = path.Member("Header").Text;
        if (!AssertionAudience.IsAuthorization(header))
        {
            if (header.Length > LongestName || !HeaderShape().IsMatch(header))
                yield return new(at, $"is {Quoted.Text(header)}.", $"Write letters and digits in groups joined by single hyphens, up to {LongestName} characters: \"X-Auth-Assertion\".");
            else if (ForwardingSection.IsOrdinary(header))
                yield return new(at, $"is {Quoted.Text(header)}, which means something else to clients and servers.", "Choose a header of your own, \"X-Auth-Assertion\", or \"Authorization\".");
            else if (IdentityHeaders(options.Forwarding).Contains(header, StringComparer.OrdinalIgnoreCase))
                yield return new(at, $"is {Quoted.Text(header)}, a header that Sallyport.Forwarding writes.", "Choose another name.");
        }

        foreach (var (name, source) in assertions.Claims)
        {
            var claim = path.Member("Claims").Member(name).Text;
            if (AssertionClaims.ReservedNames.Contains(name, StringComparer.Ordinal))
                yield return new(claim, "is a claim that the gateway writes itself.", "Choose another name for it.");
            else if (string.IsNullOrWhiteSpace(source) || string.IsNullOrWhiteSpace(name))
                yield return new(claim, "names no claim.", "Write the name of one claim of the caller's token.");
        }
    }

    private static IEnumerable<string> IdentityHeaders(ForwardingOptions forwarding) =>
        ForwardingSection.BuiltIn.Where(name => name != "Assertion").Concat(forwarding.Claims.Keys).Select(name => forwarding.Prefix + name);

    [GeneratedRegex(@"^[A-Za-z0-9]+(-[A-Za-z0-9]+)*\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex HeaderShape();
}

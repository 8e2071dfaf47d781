using System.Collections.Frozen;
using System.Text.Json;
using Sallyport.Gateway.Trust;
using Sallyport.Gateway.Verification;
using Sallyport.Policies;

namespace Sallyport.Gateway.Issuing;

/// <summary>What an assertion says of the caller beside <c>sub</c>.</summary>
/// <remarks>
/// <code>
///   sub_id     who the caller is, and by whose word: {"format": "iss_sub", "iss": ..., "sub": ...} (RFC 9493 sections 3.2.3 and 4.1)
///   scope      of the caller's token, where it has any (RFC 8693 section 4.2)
///   client_id  of the caller's token, where it has one (RFC 8693 section 4.3)
///   act        of the caller's token, where it has one (RFC 8693 section 4.1): who acts for the subject
///   ...        the claims that the configuration names, as the caller's token has them
/// </code>
/// </remarks>
internal static class AssertionClaims
{
    private static readonly FrozenSet<string> Reserved = FrozenSet.Create(
        StringComparer.Ordinal, "iss", "sub", "aud", "exp", "nbf", "iat", "jti", SubjectIdentifier.Claim, "scope", "client_id", "act", "may_act");

    /// <summary>Names that no chosen claim can have: they are written already, or would give the assertion another meaning.</summary>
    public static IReadOnlyCollection<string> ReservedNames => Reserved;

    public static void Write(Utf8JsonWriter writer, VerifiedToken token, AssertionOptions options)
    {
        var principal = token.Principal;
        SubjectIdentifier.Write(writer, principal, token.Issuer.Options.Keys.Kind == KeySourceKind.Own);
        if (principal.Scopes.Values.Count > 0) writer.WriteString("scope", principal.Scopes.ToString());
        if (principal.TryGetClaim("client_id", out var client) && client.Kind == ClaimKind.String) WriteClaim(writer, "client_id", client);
        if (principal.TryGetClaim("act", out var actor) && actor.Kind == ClaimKind.Object) WriteClaim(writer, "act", actor);
        foreach (var (name, source) in options.Claims)
            if (!Reserved.Contains(name) && principal.TryGetClaim(source, out var value) && value.Kind != ClaimKind.Null)
                WriteClaim(writer, name, value);
    }

    private static void WriteClaim(Utf8JsonWriter writer, string name, ClaimValue value)
    {
        writer.WritePropertyName(name);
        if (value.Kind == ClaimKind.String) writer.WriteStringValue(value.Text);
        else writer.WriteRawValue(value.Text);
    }
}

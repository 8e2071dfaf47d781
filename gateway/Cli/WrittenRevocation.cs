using System.Text.Json;
using Sallyport.Gateway.Configuration;
using Sallyport.Gateway.Revocation;

namespace Sallyport.Gateway.Cli;

/// <summary>A revocation in words, and in JSON.</summary>
internal static class WrittenRevocation
{
    /// <summary>Whom it concerns.</summary>
    public static string Whom(RevocationRecord record) => record.Kind switch
    {
        RevocationKind.TokenId => $"the token with jti {record.Value}",
        RevocationKind.Subject => $"tokens of {record.Value} issued before {Written(record.IssuedBefore)}",
        RevocationKind.Key => $"every token that key {record.Value} verifies",
        _ => $"all tokens issued before {Written(record.IssuedBefore)}",
    };

    /// <summary>The configured name of its issuer; null for one that is not trusted now.</summary>
    public static string? NameOf(RevocationRecord record, GatewayOptions options) =>
        options.TrustedIssuers.FirstOrDefault(issuer => string.Equals(issuer.Issuer, record.Issuer, StringComparison.Ordinal))?.Name;

    public static string Written(uint seconds) =>
        DateTimeOffset.FromUnixTimeSeconds(seconds).UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Writes the members of an object that is open.</summary>
    public static void WriteMembers(Utf8JsonWriter writer, RevocationRecord record, GatewayOptions options)
    {
        writer.WriteString("kind", record.Kind switch
        {
            RevocationKind.TokenId => "jti",
            RevocationKind.Subject => "sub",
            RevocationKind.Key => "kid",
            _ => "all",
        });
        writer.WriteString("issuerName", NameOf(record, options));
        writer.WriteString("issuer", record.Issuer);
        if (record.Kind == RevocationKind.Issuer) writer.WriteNull("value");
        else writer.WriteString("value", record.Value);
        if (record.IssuedBefore == RevocationRecord.AnyIssuedAt) writer.WriteNull("issuedBefore");
        else writer.WriteNumber("issuedBefore", record.IssuedBefore);
        writer.WriteNumber("revokedAt", record.RevokedAt);
        writer.WriteNumber("keptUntil", record.Expires);
        writer.WriteString("reason", record.Reason);
    }
}

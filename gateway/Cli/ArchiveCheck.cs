using Sallyport.Gateway.Audit;
using Sallyport.Gateway.Identity;
using Sallyport.Gateway.Keys;
using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway.Cli;

/// <summary><c>token verify --archive DIR</c>: a token of our own, however old, against the archive of public keys. Without network or configuration.</summary>
/// <remarks>It proves who signed what, and that the key was of that issuer. Whether the token is still good today is told, and is no part of the proof.</remarks>
internal static class ArchiveCheck
{
    // The clocks of whoever made the key and of whoever signed.
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    public static int Run(string token, string directory, bool isJson, ConsoleStreams streams, DateTimeOffset now)
    {
        var outcome = Check(token, new KeyArchive(Path.Combine(directory, "keys")), out var key, out var claims);
        if (isJson) streams.Output.WriteLine(JsonText.Of(writer =>
        {
            writer.WriteStartObject();
            writer.WriteBoolean("verified", outcome.Outcome == "verified");
            writer.WriteString("outcome", outcome.Outcome);
            writer.WriteString("reason", outcome.Reason);
            writer.WriteString("detail", outcome.Detail);
            if (key is not null) writer.WriteString("kid", key.KeyId);
            if (key is not null) writer.WriteString("issuer", key.Issuer);
            if (claims?.Subject is { } subject) writer.WriteString("subject", subject);
            if (claims?.TokenId is { } id) writer.WriteString("tokenId", id);
            if (claims?.Expires is { } expires) writer.WriteBoolean("expired", expires <= now);
            writer.WriteEndObject();
        }));
        else
        {
            streams.Output.WriteLine(outcome.Outcome == "verified" ? "Verified" : outcome.Outcome == "refused" ? $"Refused: {outcome.Reason}" : $"Unverifiable: {outcome.Reason}");
            if (outcome.Detail.Length > 0) streams.Output.WriteLine($"  {Visible.Line(outcome.Detail)}");
            if (key is not null) Line("Key", $"{key.KeyId}, {key.Public.Algorithm}, made {WrittenTime.Of(key.PreparedAt, now)}");
            if (key is not null) Line("Issuer", key.Issuer);
            if (claims?.Subject is { } subject) Line("Subject", subject);
            if (claims?.TokenId is { } id) Line("Token id", id);
            if (claims?.IssuedAt is { } issued) Line("Issued", WrittenTime.Of(issued, now));
            if (claims?.Expires is { } expires) Line("Expires", WrittenTime.Of(expires, now));
        }

        return outcome.Outcome == "verified" ? ExitCode.Good : ExitCode.Refused;

        void Line(string name, string value) => streams.Output.WriteLine($"  {name + ":",-10} {Visible.Line(value)}");
    }

    /// <param name="key">What the archive holds for the token.</param>
    /// <param name="claims">Only of a token that was verified.</param>
    private static (string Outcome, string Reason, string Detail) Check(string token, KeyArchive archive, out ArchivedKey? key, out ClaimsSet? claims)
    {
        (key, claims) = (null, null);
        if (!CompactJws.TryParse(token, JwsCheck.MaxBytes, out var jws, out var fault)) return ("refused", fault.Code, fault.Detail);
        if (jws.Header.KeyId is not { } keyId) return ("unverifiable", "kid_missing", "The header names no key.");
        byte[]? kept;
        try
        {
            kept = KeyName.ThumbprintOf(keyId) is { } thumbprint ? archive.Find(thumbprint) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ("unverifiable", "archive_unreadable", e.Message);
        }

        if (kept is null) return ("unverifiable", "key_not_archived", "The archive does not hold the key that the token names.");
        key = ArchivedKey.Read(kept, KeyName.ThumbprintOf(keyId)!);
        if (key is null || key.KeyId != keyId) return ("unverifiable", "archive_damaged", "What the archive holds under the key's name is not that key.");
        if (jws.Header.Type is CheckpointText.Type or Endorsement.Type) return ("refused", "typ_wrong", "The header's typ is not that of a token: it is something else that was signed.");
        if (!key.Public.Verify(jws.Header.Algorithm, jws.SigningInput, jws.Signature)) return ("refused", TokenFault.SignatureInvalid.Code, TokenFault.SignatureInvalid.Detail);
        if (!ClaimsSet.TryParse(jws.Payload.Span, out var read, out fault)) return ("refused", fault.Code, fault.Detail);
        if (read.Issuer != key.Issuer) return ("refused", "issuer_mismatch", "The key was another issuer's than the token says.");
        if (read.IssuedAt is { } issued && issued < key.PreparedAt - Skew) return ("refused", "issued_before_key", "The token says that it was issued before its key was made.");
        claims = read;
        return ("verified", "verified", "");
    }
}

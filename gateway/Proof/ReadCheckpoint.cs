using System.Text.Json;
using System.Text.Unicode;
using Sallyport.Gateway.Audit;
using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway.Proof;

/// <summary>A checkpoint as somebody wrote it: taken apart, and believed by nobody yet.</summary>
/// <param name="Count">How many records it covers.</param>
/// <param name="Head">The hash of the last of them.</param>
/// <param name="IssuedAt">In whole seconds.</param>
internal sealed record ReadCheckpoint(CompactJws Jws, string? Issuer, string Trail, long Count, string Head, DateTimeOffset IssuedAt)
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 2, AllowDuplicateProperties = false };

    /// <summary>Reads one.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="reason">Why it is none: a stable code.</param>
    /// <param name="clause">The same for people.</param>
    public static ReadCheckpoint? Read(string text, out string reason, out string clause)
    {
        (reason, clause) = ("checkpoint_malformed", "is no checkpoint");
        if (!CompactJws.TryParse(text, TrailLine.MaxBytes, out var jws, out var fault))
        {
            clause = $"is no checkpoint: {fault.Detail.TrimEnd('.')}";
            return null;
        }

        if (jws.Header.Type != CheckpointText.Type)
        {
            (reason, clause) = ("checkpoint_typ", $"is no checkpoint: its typ is not {CheckpointText.Type}");
            return null;
        }

        try
        {
            return Utf8.IsValid(jws.Payload.Span) ? Read(jws, JsonElement.Parse(jws.Payload.Span, Strict)) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Whether the key signed it.</summary>
    public bool IsBy(Jwk key) => key.Algorithm == Jws.Header.Algorithm && key.Verify(Jws.Header.Algorithm, Jws.SigningInput, Jws.Signature);

    private static ReadCheckpoint? Read(CompactJws jws, JsonElement payload)
    {
        if (payload.ValueKind != JsonValueKind.Object) return null;
        var issuer = payload.TryGetProperty("iss", out var iss) ? iss.GetString() : null;
        if (payload.GetPropertyCount() != (issuer is null ? 4 : 5)) return null;
        return payload.TryGetProperty("trail", out var trail) && trail.GetString() is { } name
            && payload.TryGetProperty("count", out var counted) && counted.TryGetInt64(out var count) && count > 0
            && payload.TryGetProperty("head", out var head) && head.GetString() is { } hash
            && payload.TryGetProperty("iat", out var issued) && issued.TryGetInt64(out var seconds)
                ? new ReadCheckpoint(jws, issuer, name, count, hash, DateTimeOffset.FromUnixTimeSeconds(seconds))
                : null;
    }
}

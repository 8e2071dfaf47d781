using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Unicode;
using Sallyport.Gateway.Identity;
using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway.Keys;

/// <summary>Reads the JSON of a ring, strictly: every member known, of its type and within its bounds, or there is no ring.</summary>
internal static class RingReader
{
    /// <summary>The longest reason of a revocation, in UTF-16 code units.</summary>
    public const int MaxReasonLength = 512;

    private const int MaxSealedBytes = 8 * 1024;

    // 2000-01-01 to 2200-01-01: nothing that is added to a time leaves the calendar.
    private const long EarliestTime = 946_684_800_000;
    private const long LatestTime = 7_258_118_400_000;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 5, AllowDuplicateProperties = false };
    private static readonly string[] Names = ["prepared", "active", "retired", "revoked"];
    private static readonly string[] RingMembers = ["issuer", "epoch", "keys"];

    private static readonly HashSet<string> KeyMembers = new(StringComparer.Ordinal)
    {
        "state", "preparedAt", "activateAt", "activatedAt", "retiredAt", "notAfter", "revokedAt", "revokedReason", "emergency", "byOperator", "public", "sealed", "endorsement",
    };

    public static string NameOf(KeyState state) => Names[(int)state];

    public static bool TryRead(ReadOnlySpan<byte> utf8, string issuer, [NotNullWhen(true)] out KeyRing? ring, [NotNullWhen(false)] out string? problem)
    {
        ring = null;
        problem = "it is not valid JSON";
        if (!Utf8.IsValid(utf8)) return false;
        try
        {
            problem = Read(JsonElement.Parse(utf8, Strict), issuer, out ring);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // A lone surrogate shows only when the string is asked for.
        }

        if (problem is not null) ring = null;
        return problem is null;
    }

    private static string? Read(JsonElement root, string issuer, out KeyRing? ring)
    {
        ring = null;
        if (root.ValueKind != JsonValueKind.Object || root.EnumerateObject().Any(member => !RingMembers.Contains(member.Name, StringComparer.Ordinal))) return "it is not an object of a ring";
        if (Text(root, "issuer") != issuer) return "it is of another issuer";
        if (!root.TryGetProperty("epoch", out var number) || number.ValueKind != JsonValueKind.Number || !number.TryGetInt64(out var epoch) || epoch is < 1 or > (1L << 53)) return "its epoch is out of range";
        if (!root.TryGetProperty("keys", out var entries) || entries.ValueKind != JsonValueKind.Array) return "it has no array of keys";
        if (entries.GetArrayLength() > KeyRing.MaxKeys) return $"it has more than {KeyRing.MaxKeys} keys";

        var keys = new List<RingKey>();
        foreach (var entry in entries.EnumerateArray())
        {
            if (ReadKey(entry, out var key) is { } problem) return $"key {keys.Count}: {problem}";
            if (keys.Exists(known => string.Equals(known.KeyId, key!.KeyId, StringComparison.Ordinal))) return "two of its keys have one kid";
            keys.Add(key!);
        }

        if (keys.Count(key => key.State == KeyState.Active) > 1) return "two of its keys are active";
        ring = KeyRing.Of(issuer, epoch, keys);
        return null;
    }

    private static string? ReadKey(JsonElement entry, out RingKey? key)
    {
        key = null;
        if (entry.ValueKind != JsonValueKind.Object || entry.EnumerateObject().Any(member => !KeyMembers.Contains(member.Name))) return "it is not an object of a key";
        var index = Array.IndexOf(Names, Text(entry, "state"));
        if (index < 0) return "its state is unknown";
        var state = (KeyState)index;
        if (!entry.TryGetProperty("public", out var jwk) || JwkReader.Read(jwk, out _, out var problem) is not { } publicKey) return "its public key is none";
        if (publicKey.KeyId != publicKey.Thumbprint || publicKey.Algorithm is not { IsSymmetric: false }) return "its kid is not its thumbprint, or it names no algorithm";

        if (!TryTime(entry, "preparedAt", out var preparedAt) || preparedAt is null || !TryTime(entry, "activateAt", out var activateAt) || activateAt is null
            || !TryTime(entry, "notAfter", out var notAfter) || notAfter is null || !TryTime(entry, "activatedAt", out var activatedAt)
            || !TryTime(entry, "retiredAt", out var retiredAt) || !TryTime(entry, "revokedAt", out var revokedAt)) return "one of its times is missing or out of range";
        if ((state == KeyState.Prepared && (activatedAt ?? retiredAt ?? revokedAt) is not null)
            || (state == KeyState.Active && (activatedAt is null || (retiredAt ?? revokedAt) is not null))
            || (state == KeyState.Retired && (retiredAt is null || activatedAt is null || revokedAt is not null))
            || (state == KeyState.Revoked && revokedAt is null)) return "its times do not fit its state";

        var reason = Text(entry, "revokedReason");
        if (entry.TryGetProperty("revokedReason", out _) && (reason is null || reason.Length > MaxReasonLength || state != KeyState.Revoked)) return "its reason is none";
        if (!TryFlag(entry, "emergency", out var isEmergency) || !TryFlag(entry, "byOperator", out var isByOperator)) return "one of its marks is not true";

        byte[] blob = [];
        var mayStillSign = state is KeyState.Prepared or KeyState.Active;
        if (entry.TryGetProperty("sealed", out _) && (Text(entry, "sealed") is not { } text || text.Length > MaxSealedBytes || !StrictBase64Url.TryDecode(text, out blob))) return "its private half is not sealed";
        if (mayStillSign != blob.Length > 0) return mayStillSign ? "it lacks its private half" : "it has a private half that nobody may use";

        var endorsement = Text(entry, "endorsement");
        if (entry.TryGetProperty("endorsement", out _) && (endorsement is null || Endorsement.TimeOf(endorsement) is null || state == KeyState.Revoked)) return "its endorsement is none";

        key = new RingKey
        {
            Public = publicKey,
            State = state,
            PreparedAt = preparedAt.Value,
            ActivateAt = activateAt.Value,
            ActivatedAt = activatedAt,
            RetiredAt = retiredAt,
            NotAfter = notAfter.Value,
            RevokedAt = revokedAt,
            RevokedReason = reason,
            IsEmergency = isEmergency,
            IsByOperator = isByOperator,
            Sealed = blob,
            Endorsement = endorsement,
        };
        return null;
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool TryFlag(JsonElement element, string name, out bool isSet)
    {
        isSet = element.TryGetProperty(name, out var value);
        return !isSet || value.ValueKind == JsonValueKind.True;
    }

    private static bool TryTime(JsonElement element, string name, out DateTimeOffset? time)
    {
        time = null;
        if (!element.TryGetProperty(name, out var value)) return true;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt64(out var milliseconds) || milliseconds is < EarliestTime or > LatestTime) return false;
        time = DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
        return true;
    }
}

using System.Text.Json;

namespace Sallyport.Gateway.Tokens;

/// <summary>
/// Reads one entry of a JWK Set (RFC 7517, section 4; RFC 7518, section 6; RFC 8037, section 2). An entry is a public key
/// for verifying signatures or it is nothing: the problem says why, as a clause about the entry.
/// </summary>
internal static class JwkReader
{
    // RFC 7518, sections 6.2.2, 6.3.2 and 6.4.1.
    private static readonly string[] PrivateMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

    public static Jwk? Read(JsonElement entry, out string? keyId, out string? problem)
    {
        keyId = null;
        if (entry.ValueKind != JsonValueKind.Object)
        {
            problem = "it is not a JSON object";
            return null;
        }

        try
        {
            var members = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
            var repeated = false;
            foreach (var member in entry.EnumerateObject())
                repeated |= !members.TryAdd(member.Name, member.Value);
            keyId = ReadKeyId(members, out problem);
            if (repeated)
                problem = "it repeats a member";
            problem ??= PurposeProblem(members);
            return problem is null ? ReadKey(members, keyId, out problem) : null;
        }
        catch (InvalidOperationException)
        {
            problem = "it holds a string that is no valid Unicode text";
            return null;
        }
    }

    private static string? ReadKeyId(Dictionary<string, JsonElement> members, out string? problem)
    {
        problem = null;
        if (!members.TryGetValue("kid", out var value))
            return null;
        var keyId = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        if (keyId is { Length: > 0 and <= JoseHeader.MaxKeyIdLength })
            return keyId;
        problem = "its kid is not a string of 1 to 256 characters";
        return null;
    }

    private static string? PurposeProblem(Dictionary<string, JsonElement> members)
    {
        foreach (var name in PrivateMembers)
        {
            if (members.ContainsKey(name))
                return "it carries private or symmetric key members";
        }

        // SPIFFE JWT-SVID, section 4: bundles mark their JWT keys "jwt-svid".
        if (members.TryGetValue("use", out var use)
            && !(use.ValueKind == JsonValueKind.String && (use.ValueEquals("sig"u8) || use.ValueEquals("jwt-svid"u8))))
        {
            return "its use is not signature verification";
        }

        return members.TryGetValue("key_ops", out var operations) ? OperationsProblem(operations) : null;
    }

    // RFC 7517, section 4.3.
    private static string? OperationsProblem(JsonElement operations)
    {
        if (operations.ValueKind != JsonValueKind.Array)
            return "its key_ops is not an array";
        var verifies = false;
        foreach (var operation in operations.EnumerateArray())
        {
            if (operation.ValueKind != JsonValueKind.String)
                return "its key_ops holds something other than strings";
            verifies |= operation.ValueEquals("verify"u8);
        }

        return verifies ? null : "its key_ops does not include verify";
    }

    private static Jwk? ReadKey(Dictionary<string, JsonElement> members, string? keyId, out string? problem)
    {
        var material = ReadMaterial(members, out problem);
        if (material is null)
            return null;
        if (!members.TryGetValue("alg", out var value))
            return new Jwk(material, keyId, null);
        var algorithm = value.ValueKind == JsonValueKind.String ? Algorithm.Find(value.GetString()!) : null;
        if (algorithm is null)
            problem = "its alg is not a known signature algorithm";
        else if (algorithm.KeyType != material.KeyType || !string.Equals(algorithm.Curve, material.Curve, StringComparison.Ordinal))
            problem = "its alg does not fit its key type and curve";
        return problem is null ? new Jwk(material, keyId, algorithm) : null;
    }

    private static KeyMaterial? ReadMaterial(Dictionary<string, JsonElement> members, out string? problem)
    {
        problem = null;
        switch (Text(members, "kty"))
        {
            case "EC":
                if (EllipticCurve.Find(Text(members, "crv")) is not { } curve)
                    problem = "its curve is unknown";
                else if (Octets(members, "x", out problem) is { } x && Octets(members, "y", out problem) is { } y)
                    return EcKey.Create(curve, x, y, out problem);
                return null;
            case "RSA":
                return Octets(members, "n", out problem) is { } n && Octets(members, "e", out problem) is { } e
                    ? RsaKey.Create(n, e, out problem)
                    : null;
            case "OKP":
                if (!string.Equals(Text(members, "crv"), Ed25519Key.CurveName, StringComparison.Ordinal))
                    problem = "its curve is unknown";
                else if (Octets(members, "x", out problem) is { } publicKey)
                    return Ed25519Key.Create(publicKey, out problem);
                return null;
            case "oct":
                problem = "it is a symmetric key";
                return null;
            default:
                problem = "its kty is missing or unknown";
                return null;
        }
    }

    private static string? Text(Dictionary<string, JsonElement> members, string name) =>
        members.TryGetValue(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static byte[]? Octets(Dictionary<string, JsonElement> members, string name, out string? problem)
    {
        problem = null;
        if (Text(members, name) is { } text && StrictBase64Url.TryDecode(text, out byte[] octets))
            return octets;
        problem = $"its {name} is missing or not canonical base64url";
        return null;
    }
}

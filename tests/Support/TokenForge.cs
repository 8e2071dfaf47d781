using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;

namespace Sallyport.Tests.Support;

/// <summary>Makes tokens, good and bad ones.</summary>
internal static class TokenForge
{
    /// <summary>Base64url of the text's UTF-8.</summary>
    public static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    /// <summary>A token with an ordinary header: the key's algorithm, and a kid and typ where given.</summary>
    public static string Token(TestKey key, JsonObject claims, string? kid = null, string? typ = "JWT")
    {
        var header = new JsonObject { ["alg"] = key.Algorithm };
        if (kid is not null)
            header["kid"] = kid;
        if (typ is not null)
            header["typ"] = typ;
        return key.Sign(header.ToJsonString(), claims.ToJsonString());
    }

    /// <summary>The token with another letter in the midst of its signature: always another signature, whatever the letter was.</summary>
    public static string Tampered(string token) => token[..^8] + (token[^8] == 'A' ? 'B' : 'A') + token[^7..];

    /// <summary>A JWK Set document of these keys.</summary>
    public static JsonObject Set(params JsonObject[] keys) => new() { ["keys"] = new JsonArray([.. keys.Select(k => k.DeepClone())]) };
}

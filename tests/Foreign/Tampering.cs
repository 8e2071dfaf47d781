using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Foreign;

/// <summary>Looks into tokens that others signed, and makes bad ones of them.</summary>
internal static class Tampering
{
    /// <summary>Another subject under the same signature.</summary>
    public static string Payload(string token)
    {
        var parts = token.Split('.');
        var claims = Decode(parts[1]);
        claims["sub"] = "mallory";
        return $"{parts[0]}.{TokenForge.Encode(claims.ToJsonString())}.{parts[2]}";
    }

    /// <summary>One bit of the signature changed, in its middle.</summary>
    public static string Signature(string token)
    {
        var parts = token.Split('.');
        var signature = Base64Url.DecodeFromChars(parts[2]);
        signature[signature.Length / 2] ^= 1;
        return $"{parts[0]}.{parts[1]}.{Base64Url.EncodeToString(signature)}";
    }

    /// <summary>The same header, kid included, and claims, signed by another key of the same algorithm.</summary>
    public static string OtherKey(string token)
    {
        var header = Decode(token.Split('.')[0]);
        return TestKey.New((string)header["alg"]!).Sign(header.ToJsonString(), Claims(token).ToJsonString());
    }

    public static JsonObject Claims(string token) => Decode(token.Split('.')[1]);

    /// <summary>A member of the JOSE header.</summary>
    public static string? Header(string token, string name) => (string?)Decode(token.Split('.')[0])[name];

    private static JsonObject Decode(string part) => (JsonObject)JsonNode.Parse(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(part)))!;
}

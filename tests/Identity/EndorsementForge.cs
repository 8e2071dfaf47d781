using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;
using Sallyport.Gateway.Identity;

namespace Sallyport.Tests.Identity;

/// <summary>Signs as an endorsement whatever a test wants signed.</summary>
internal static class EndorsementForge
{
    /// <summary>The parts of a real one.</summary>
    public static (JsonObject Header, JsonObject Payload) PartsOf(string endorsement)
    {
        var parts = endorsement.Split('.');
        return (Part(parts[0]), Part(parts[1]));

        static JsonObject Part(string text) => (JsonObject)JsonNode.Parse(Base64Url.DecodeFromChars(text))!;
    }

    public static string Sign(X509Svid svid, JsonNode header, JsonNode payload)
    {
        var signed = $"{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header.ToJsonString()))}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(payload.ToJsonString()))}";
        return $"{signed}.{Base64Url.EncodeToString(svid.Sign(Encoding.ASCII.GetBytes(signed)))}";
    }
}

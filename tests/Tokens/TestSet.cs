using System.Text;
using System.Text.Json.Nodes;
using Sallyport.Gateway.Tokens;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Tokens;

/// <summary>JWK Sets as the gateway reads them.</summary>
internal static class TestSet
{
    public const int Many = 64;

    public static JwkSet Of(params JsonObject[] keys) => Read(TokenForge.Set(keys).ToJsonString());

    public static JwkSet Read(string json)
    {
        Assert.True(JwkSet.TryParse(Encoding.UTF8.GetBytes(json), Many, out var set, out var problem), problem);
        return set!;
    }
}

using System.Globalization;
using System.Text.Json.Nodes;

namespace Sallyport.LoadTests.Parts;

/// <summary>The trusted issuer of a run: its keys, the tokens that it signs, and the gateway's configuration that trusts it.</summary>
internal sealed class TokenForge : IDisposable
{
    public const string Issuer = "https://id.example.com";

    private static readonly string[] Algorithms = ["ES256", "RS256", "EdDSA"];

    private readonly Dictionary<string, TokenKey> _keys = Algorithms.ToDictionary(a => a, a => new TokenKey(a), StringComparer.Ordinal);
    private int _serial;

    /// <summary>A token of an ordinary employee, unlike every other one.</summary>
    public string Token(string algorithm) => _keys[algorithm].Sign(Claims(Issuer, Interlocked.Increment(ref _serial)));

    /// <summary>What the token of an ordinary employee says.</summary>
    /// <param name="issuer">Who says it.</param>
    /// <param name="serial">Which employee: none is like another.</param>
    public static JsonObject Claims(string issuer, int serial)
    {
        var number = serial.ToString(CultureInfo.InvariantCulture);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        return new JsonObject
        {
            ["iss"] = issuer,
            ["sub"] = $"user-{number}",
            ["aud"] = "api",
            ["iat"] = now,
            ["exp"] = now + 3600,
            ["jti"] = $"load-{number}",
            ["scope"] = "orders:read orders:write",
            ["org_id"] = "acme",
            ["email"] = "somebody@example.com",
        };
    }

    public string GatewayConfiguration(string url, string adminUrl, string upstream)
    {
        var inline = new JsonObject { ["Inline"] = new JsonObject { ["keys"] = new JsonArray([.. _keys.Values.Select(k => k.PublicJwk())]) } };
        return Parts.GatewayConfiguration.Of(url, adminUrl, Issuer, inline, upstream).ToJsonString();
    }

    /// <summary>A token that says this.</summary>
    public string Sign(string algorithm, JsonObject claims) => _keys[algorithm].Sign(claims);

    public void Dispose()
    {
        foreach (var key in _keys.Values) key.Dispose();
    }
}

using System.Globalization;
using System.Text.Json.Nodes;

namespace Sallyport.LoadTests.Flat;

/// <summary>Trusted issuers, routes, and keys of a set.</summary>
/// <remarks>Tokens are EdDSA's: a P-256 key that verifies thousands of tokens does it faster after a while, which would be compared here with keys that do not.</remarks>
internal static class Dimensions
{
    private const string Algorithm = "EdDSA";
    private const int Requests = 2_000;

    public static readonly Dimension[] All =
    [
        new("trusted issuers", 1, 1_000, Issuers),
        new("routes", 10, 5_000, Routes),
        new("keys of a set", 1, 64, Keys),
    ];

    private static ReadOnlyMemory<byte>[] Issuers(JsonObject configuration, int count)
    {
        var issuers = (JsonObject)configuration["Sallyport"]!["TrustedIssuers"]!;
        var ordinary = issuers["corp"]!;
        issuers.Remove("corp");
        // The policy asks for tenant and scope, whoever the issuer is.
        ((JsonObject)configuration["Sallyport"]!["Policies"]!["orders-read"]!).Remove("Issuers");
        using var keys = new Keyring(count);
        for (var i = 0; i < count; i++)
        {
            var issuer = ordinary.DeepClone();
            issuer["Issuer"] = IssuerOf(i);
            issuer["Keys"] = Inline(keys[i]);
            issuers[string.Create(CultureInfo.InvariantCulture, $"issuer-{i}")] = issuer;
        }

        return [.. Enumerable.Range(0, Requests).Select(i => Traffic.Get(GatewayConfiguration.Orders, keys[i % count].Sign(TokenForge.Claims(IssuerOf(i % count), i))))];
    }

    private static ReadOnlyMemory<byte>[] Routes(JsonObject configuration, int count)
    {
        var routes = (JsonObject)configuration["ReverseProxy"]!["Routes"]!;
        var ordinary = routes["orders"]!;
        using var keys = new Keyring(1);
        Trust(configuration, keys);
        for (var i = 2; i < count; i++)
        {
            var route = ordinary.DeepClone();
            route["Match"]!["Path"] = $"/{ServiceOf(i)}/{{tenant}}/{{**rest}}";
            routes[ServiceOf(i)] = route;
        }

        return
        [
            .. Enumerable.Range(0, Requests).Select(i => Traffic.Get(
                $"/{ServiceOf(2 + (int)((long)i * (count - 2) / Requests))}/acme/17", keys[0].Sign(TokenForge.Claims(TokenForge.Issuer, i)))),
        ];
    }

    private static ReadOnlyMemory<byte>[] Keys(JsonObject configuration, int count)
    {
        using var keys = new Keyring(count);
        Trust(configuration, keys);
        return [.. Enumerable.Range(0, Requests).Select(i => Traffic.Get(GatewayConfiguration.Orders, keys[i % count].Sign(TokenForge.Claims(TokenForge.Issuer, i))))];
    }

    private static void Trust(JsonObject configuration, Keyring keys) => configuration["Sallyport"]!["TrustedIssuers"]!["corp"]!["Keys"] = Inline([.. keys.All]);

    private static JsonObject Inline(params TokenKey[] keys) => new() { ["Inline"] = new JsonObject { ["keys"] = new JsonArray([.. keys.Select(key => key.PublicJwk())]) } };

    private static string IssuerOf(int number) => string.Create(CultureInfo.InvariantCulture, $"https://id-{number}.example.com");

    private static string ServiceOf(int number) => string.Create(CultureInfo.InvariantCulture, $"service-{number}");

    private sealed class Keyring(int count) : IDisposable
    {
        public TokenKey[] All { get; } = [.. Enumerable.Range(0, count).Select(i => new TokenKey(Algorithm, string.Create(CultureInfo.InvariantCulture, $"key-{i}")))];

        public TokenKey this[int index] => All[index];

        public void Dispose()
        {
            foreach (var key in All) key.Dispose();
        }
    }
}

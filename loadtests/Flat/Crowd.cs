using System.Globalization;
using System.Text.Json.Nodes;

namespace Sallyport.LoadTests.Flat;

/// <summary>Trusted issuers with their keys, and tokens spread evenly over all keys of an algorithm.</summary>
internal sealed class Crowd : IDisposable
{
    private readonly (string Issuer, TokenKey[] Keys)[] _issuers;
    private readonly Dictionary<string, (string Issuer, TokenKey Key)[]> _signers;
    private int _serial;

    /// <param name="issuers">For each issuer, the algorithm of each of its keys.</param>
    public Crowd(IEnumerable<string[]> issuers)
    {
        _issuers = [.. issuers.Select((algorithms, i) => (
            string.Create(CultureInfo.InvariantCulture, $"https://id-{i:0000}.example.com"),
            algorithms.Select((algorithm, k) => new TokenKey(algorithm, string.Create(CultureInfo.InvariantCulture, $"key-{k:00}"))).ToArray()))];
        _signers = _issuers
            .SelectMany(issuer => issuer.Keys.Select(key => (issuer.Issuer, Key: key)))
            .GroupBy(signer => (string)signer.Key.PublicJwk()["alg"]!, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.ToArray(), StringComparer.Ordinal);
    }

    /// <summary>So many issuers, each with a key for ES256 and one for EdDSA.</summary>
    public static Crowd Of(int issuers) => new(Enumerable.Repeat<string[]>(["ES256", "EdDSA"], issuers));

    /// <summary>The algorithms that tokens can be had for.</summary>
    public IEnumerable<string> OfTokens => _signers.Keys;

    /// <summary>Tokens, none like another, each of the next key.</summary>
    public string[] Tokens(string algorithm, int count)
    {
        var signers = _signers[algorithm];
        var tokens = new string[count];
        for (var i = 0; i < count; i++)
        {
            var (issuer, key) = signers[i % signers.Length];
            tokens[i] = key.Sign(TokenForge.Claims(issuer, ++_serial));
        }

        return tokens;
    }

    /// <summary>Makes the configuration trust all of them, and its policy name each.</summary>
    public void TrustedBy(JsonObject configuration)
    {
        var trusted = new JsonObject();
        var names = new JsonArray();
        foreach (var (issuer, keys) in _issuers)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"issuer-{trusted.Count:0000}");
            names.Add(name);
            trusted[name] = new JsonObject
            {
                ["Issuer"] = issuer,
                ["Audiences"] = new JsonArray("api"),
                ["Algorithms"] = new JsonArray("ES256", "EdDSA"),
                ["Keys"] = new JsonObject { ["Inline"] = new JsonObject { ["keys"] = new JsonArray([.. keys.Select(key => key.PublicJwk())]) } },
            };
        }

        configuration["Sallyport"]!["TrustedIssuers"] = trusted;
        configuration["Sallyport"]!["Policies"]!["orders-read"]!["Issuers"] = names;
    }

    public void Dispose()
    {
        foreach (var (_, keys) in _issuers)
            foreach (var key in keys)
                key.Dispose();
    }
}

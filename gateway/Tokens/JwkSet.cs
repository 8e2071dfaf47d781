using System.Diagnostics.CodeAnalysis;
using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Unicode;

namespace Sallyport.Gateway.Tokens;

/// <summary>
/// The keys of one issuer (RFC 7517, section 5), immutable. Entries that are no good for verifying signatures are left out
/// and listed with the reason; the others serve.
/// </summary>
internal sealed class JwkSet
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 16 };

    private readonly FrozenDictionary<string, Jwk[]> _named;
    private readonly Jwk[] _unnamed;

    private JwkSet(List<Jwk> keys, List<IgnoredJwk> ignored)
    {
        (Keys, Ignored) = (keys, ignored);
        _named = keys.Where(k => k.KeyId is not null)
            .GroupBy(k => k.KeyId!, StringComparer.Ordinal)
            .ToFrozenDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);
        _unnamed = [.. keys.Where(k => k.KeyId is null)];
    }

    /// <summary>The keys that serve.</summary>
    public IReadOnlyList<Jwk> Keys { get; }

    /// <summary>The entries that do not.</summary>
    public IReadOnlyList<IgnoredJwk> Ignored { get; }

    /// <summary>A set of keys at hand. The rule about repeated kids holds here too.</summary>
    public static JwkSet Of(params IReadOnlyList<Jwk> keys) => Build(keys, []);

    /// <summary>
    /// Reads a JWK Set document. False, with a sentence, when the document as a whole is refused: malformed JSON, no
    /// <c>keys</c> array, or more entries than <paramref name="maxKeys"/>. An empty array is a set.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, int maxKeys, [NotNullWhen(true)] out JwkSet? set, [NotNullWhen(false)] out string? problem)
    {
        set = null;
        problem = "The document is not JSON.";
        if (!Utf8.IsValid(utf8))
            return false;
        try
        {
            problem = Read(JsonElement.Parse(utf8, Strict), maxKeys, out set);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            problem = "The document is not JSON.";
        }

        return problem is null;
    }

    /// <summary>
    /// The key for a token's header. The header's <c>alg</c> never chooses alone: it must be among the issuer's, and the
    /// key must be one of that algorithm. A <c>kid</c> that no key has may be a key that the issuer left unnamed, if just
    /// one of those fits; without a <c>kid</c>, just one key of the whole set must fit.
    /// </summary>
    public KeySelection Select(string? keyId, Algorithm algorithm, IReadOnlyCollection<Algorithm> allowed)
    {
        if (!allowed.Contains(algorithm))
            return TokenFault.AlgorithmNotAllowed;
        if (keyId is null)
            return OnlyFitting(Keys, algorithm) is { } only ? only : TokenFault.KidMissing;
        if (!_named.TryGetValue(keyId, out var named))
            return OnlyFitting(_unnamed, algorithm) is { } unnamed ? unnamed : TokenFault.KidUnknown;
        foreach (var key in named)
        {
            if (key.Fits(algorithm))
                return key;
        }

        return TokenFault.AlgorithmMismatch;
    }

    // One key under two names is still one key.
    private static Jwk? OnlyFitting(IReadOnlyList<Jwk> keys, Algorithm algorithm)
    {
        Jwk? only = null;
        foreach (var key in keys)
        {
            if (!key.Fits(algorithm))
                continue;
            if (only is not null && !only.Material.IsSameAs(key.Material))
                return null;
            only ??= key;
        }

        return only;
    }

    private static string? Read(JsonElement root, int maxKeys, out JwkSet? set)
    {
        set = null;
        if (root.ValueKind != JsonValueKind.Object)
            return "The document is not a JSON object.";
        JsonElement? entries = null;
        foreach (var member in root.EnumerateObject())
        {
            if (!member.NameEquals("keys"u8))
                continue;
            if (entries is not null)
                return "The document has two \"keys\" members.";
            entries = member.Value;
        }

        if (entries is not { ValueKind: JsonValueKind.Array } array)
            return "The document has no \"keys\" array.";
        if (array.GetArrayLength() > maxKeys)
            return $"The document has more than {maxKeys} keys.";

        var (keys, ignored) = (new List<Jwk>(), new List<IgnoredJwk>());
        foreach (var entry in array.EnumerateArray())
        {
            if (JwkReader.Read(entry, out var keyId, out var problem) is { } key)
                keys.Add(key);
            else
                ignored.Add(new IgnoredJwk(keyId, problem!));
        }

        set = Build(keys, ignored);
        return null;
    }

    // Two keys under one name is no name: none of them serves. A plain repeat counts once.
    private static JwkSet Build(IReadOnlyList<Jwk> keys, List<IgnoredJwk> ignored)
    {
        var kept = new List<Jwk>(keys.Count);
        foreach (var group in keys.GroupBy(k => k.KeyId, StringComparer.Ordinal))
        {
            var first = group.First();
            if (group.Key is not null && group.Any(k => !k.Material.IsSameAs(first.Material)))
                ignored.AddRange(group.Select(k => new IgnoredJwk(k.KeyId, "another key of the set has the same kid")));
            else
                AddDistinct(kept, group);
        }

        return new JwkSet(kept, ignored);
    }

    private static void AddDistinct(List<Jwk> kept, IEnumerable<Jwk> sameName)
    {
        var start = kept.Count;
        foreach (var key in sameName)
        {
            if (!kept.Skip(start).Any(k => k.Algorithm == key.Algorithm && k.Material.IsSameAs(key.Material)))
                kept.Add(key);
        }
    }
}

using Sallyport.Gateway.Issuing;
using Sallyport.Gateway.Trust;

namespace Sallyport.Gateway.Configuration;

/// <summary>Reads <c>Sallyport:Issuer:Clients</c>. No message repeats a hash.</summary>
internal static class IssuerClientsSection
{
    private const int LongestId = 128;

    public static IReadOnlyList<ClientOptions> Read(SectionReader section, ReadingContext context) => [.. section.Named().Select(entry => Client(entry, context))];

    private static ClientOptions Client(SectionReader entry, ReadingContext context)
    {
        CheckId(entry);
        var keys = entry.Object("Keys");
        var standard = new ClientOptions { Id = entry.Name, Audiences = [] };
        var client = standard with
        {
            SecretHash = SecretHash(entry),
            Keys = Keys(keys, entry.Mentions("Keys"), context),
            Audiences = Distinct(entry, "Audiences") ?? [],
            Scopes = Scopes(entry),
            Grants = Grants(entry) ?? standard.Grants,
            Lifetime = entry.Has("Lifetime") ? entry.Duration("Lifetime", TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(10), TimeSpan.FromDays(1)) : null,
            RequestsPerMinute = entry.Integer("RequestsPerMinute", standard.RequestsPerMinute, 1, 1_000_000),
        };
        if (entry.Has("SecretHash") == entry.Mentions("Keys"))
            entry.Wrong(entry.Path, "does not say exactly one way in which the client proves itself.", "Give it Keys, for private_key_jwt, or a SecretHash, as \"clients hash\" prints it.");
        if (!entry.Has("Audiences") || client.Audiences.Count == 0)
            entry.Wrong("Audiences", "names no audience, so the client could get no token.", "List the audiences that it may ask for; the first is meant where it asks for none.");
        entry.Finish();
        return client;
    }

    // It is the sub of tokens, and stands in logs, in metrics and, encoded, in Basic credentials.
    private static void CheckId(SectionReader entry)
    {
        if (entry.Name.Length is 0 or > LongestId || !entry.Name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '@'))
            entry.Wrong(entry.Path, "has a name that cannot be a client_id.", $"Use up to {LongestId} letters, digits and - _ . @.");
    }

    private static string? SecretHash(SectionReader entry)
    {
        if (entry.String("SecretHash") is not { } hash) return null;
        if (ClientSecretHash.TryParse(hash, out _, out var problem)) return hash;
        entry.Wrong("SecretHash", problem, "Let \"clients hash\" make it; the secret itself never stands in the configuration.");
        return null;
    }

    private static KeySourceOptions? Keys(SectionReader keys, bool given, ReadingContext context)
    {
        if (!given)
            return null;
        var inline = InlineKeys.Read(keys);
        var files = KeySourceSection.PemFiles(keys, context);
        var isInline = keys.Mentions("Inline");
        if (isInline == keys.Has("PemFile"))
            keys.Wrong(keys.Path, "does not name exactly one source of public keys.", "Write {\"Inline\": {\"keys\": [...]}} or {\"PemFile\": \"...\"}.");
        keys.Finish();
        return new KeySourceOptions { Kind = isInline ? KeySourceKind.Inline : KeySourceKind.PemFile, Inline = inline, PemFiles = files };
    }

    private static IReadOnlyList<string>? Distinct(SectionReader entry, string key)
    {
        var strings = entry.Strings(key);
        for (var i = 0; i < strings?.Count; i++)
        {
            if (strings.Take(i).Contains(strings[i], StringComparer.Ordinal))
                entry.Wrong(entry.Path.Member(key).Element(i), "stands in the list already.", "Take it out.");
        }

        return strings;
    }

    private static IReadOnlyList<string> Scopes(SectionReader entry)
    {
        var scopes = Distinct(entry, "Scopes") ?? [];
        for (var i = 0; i < scopes.Count; i++)
        {
            if (!ScopeText.IsToken(scopes[i]))
                entry.Wrong(entry.Path.Member("Scopes").Element(i), "is no single scope (RFC 6749 section 3.3).", "Write each scope as an element of its own, in printable ASCII without quotation marks and backslashes.");
        }

        return scopes;
    }

    private static List<Grant>? Grants(SectionReader entry)
    {
        if (Distinct(entry, "Grants") is not { } names)
            return null;
        if (names.Count == 0)
            entry.Wrong("Grants", "is empty, so the client could get no token.", "List the grants, or leave it out for ClientCredentials.");
        var grants = new List<Grant>();
        for (var i = 0; i < names.Count; i++)
        {
            if (Enum.GetNames<Grant>().FirstOrDefault(name => name.Equals(names[i], StringComparison.OrdinalIgnoreCase)) is { } known)
                grants.Add(Enum.Parse<Grant>(known));
            else
                entry.Wrong(entry.Path.Member("Grants").Element(i), $"is {Quoted.Text(names[i])}, which is no grant.", Suggestion.Mend(names[i], Enum.GetNames<Grant>(), ""));
        }

        return grants;
    }
}

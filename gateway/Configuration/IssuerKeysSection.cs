using System.Security.Cryptography;
using Sallyport.Gateway.Keys;
using Sallyport.Gateway.Secrets;

namespace Sallyport.Gateway.Configuration;

/// <summary>Reads <c>Sallyport:Issuer:Keys</c> and what stands beside it about keys. No message repeats a secret.</summary>
internal static class IssuerKeysSection
{
    private static readonly string[] Algorithms = ["ES256", "ES384", "ES512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "EdDSA"];

    // What the key of an X.509-SVID is for here: by its curve, or RS256.
    private static readonly string[] SvidAlgorithms = ["ES256", "ES384", "ES512", "RS256"];

    /// <param name="issuer">The section around <c>Keys</c>.</param>
    /// <param name="given">Whether there is such a section at all.</param>
    /// <param name="name">The <c>iss</c> that the keys are bound to.</param>
    /// <param name="context">Where relative files are.</param>
    public static KeyRingOptions Read(SectionReader issuer, bool given, string name, ReadingContext context)
    {
        var keys = issuer.Object("Keys");
        var standard = new KeyRingOptions { Issuer = name, Store = KeyStoreKind.Memory };
        var options = standard with
        {
            Store = Store(keys, given),
            Directory = Folder(keys, "Directory", context),
            KeyEncryptionKeys = KeyEncryptionKeys(keys, context),
            Algorithm = issuer.Choice("Algorithm", Store(keys, given: false) == KeyStoreKind.Spiffe ? SvidAlgorithms : Algorithms) ?? (Store(keys, given: false) == KeyStoreKind.Spiffe ? "" : standard.Algorithm),
            RsaBits = issuer.Integer("RsaBits", standard.RsaBits, 2048, 4096),
            // So short a life is for watching a rotation, not for living with it.
            Life = keys.Duration("Life", standard.Life, context.IsDevelopment ? TimeSpan.FromSeconds(10) : TimeSpan.FromMinutes(10), TimeSpan.FromDays(90)),
            JwksMaxAge = issuer.Duration("JwksMaxAge", standard.JwksMaxAge, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)),
            Poll = keys.Duration("Poll", standard.Poll, TimeSpan.FromMilliseconds(200), TimeSpan.FromMinutes(5)),
        };
        options = options with { AwsKms = AwsKmsSection.Read(keys.Object("AwsKms"), options, keys.Has("AwsKms"), context) };
        if (options.RsaBits % 8 != 0)
            issuer.Wrong("RsaBits", "is no multiple of 8.", "Write 2048, 3072 or 4096.");
        if (options.Store == KeyStoreKind.AwsKms) AwsKmsSection.CheckAlgorithm(issuer, options);
        Check(keys, options);
        keys.Finish();
        return options;
    }

    private static KeyStoreKind Store(SectionReader keys, bool given)
    {
        if (given && !keys.Has("Store"))
            keys.Wrong("Store", "is not given.", "Write \"Redis\" for a ring that the replicas share, \"AwsKms\" for private keys that AWS KMS keeps, \"File\" for the processes of one machine, \"Spiffe\" for this workload's own SVIDs, or \"Memory\" for keys that end with the process.");
        return Enum.TryParse<KeyStoreKind>(keys.Choice("Store", Enum.GetNames<KeyStoreKind>()), out var store) ? store : KeyStoreKind.Memory;
    }

    /// <summary>What each store needs, and what has no meaning to it.</summary>
    private static void Check(SectionReader keys, KeyRingOptions options)
    {
        if (!keys.Has("Store")) return;
        if (options.Store == KeyStoreKind.File && !keys.Has("Directory"))
            keys.Wrong("Directory", "is not given, though the Store is File.", "Name a directory that only this user may read.");
        if (options.Store is not (KeyStoreKind.File or KeyStoreKind.AwsKms) && keys.Has("Directory"))
            keys.Wrong("Directory", $"is given, though the Store is {options.Store}.", "Take it out, or make the Store \"File\".");
        if (options.Store == KeyStoreKind.Spiffe && keys.Has("Life"))
            keys.Wrong("Life", "is given, though the Store is Spiffe: a key lives as long as its SVID.", "Take it out.");
        if (options.Store is not (KeyStoreKind.Memory or KeyStoreKind.Spiffe) && !keys.Has("KeyEncryptionKey"))
            keys.Wrong("KeyEncryptionKey", $"is not given, though the Store is {options.Store}: {(options.Store == KeyStoreKind.AwsKms ? "anybody could put another ring in its place" : "private keys would lie there as they are")}.", "Name 32 random bytes as {\"File\": \"...\"} or {\"Environment\": \"...\"}.");
        if (options.Store is KeyStoreKind.Memory or KeyStoreKind.Spiffe && keys.Has("KeyEncryptionKey"))
            keys.Wrong("KeyEncryptionKey", $"is given, though the Store is {options.Store}, which seals nothing.", "Take it out, or name another Store.");
    }

    private static string? Folder(SectionReader keys, string key, ReadingContext context) =>
        keys.String(key) is { } folder ? Path.GetFullPath(folder.Replace("\0", "", StringComparison.Ordinal), context.ContentRoot) : null;

    private static List<SecretSource> KeyEncryptionKeys(SectionReader keys, ReadingContext context)
    {
        var children = keys.Raw("KeyEncryptionKey").GetChildren().ToList();
        var isList = children.Count > 0 && children.TrueForAll(StringArray.IsElement);
        IEnumerable<SectionReader> places = isList ? keys.Elements("KeyEncryptionKey") : [keys.Object("KeyEncryptionKey")];
        var given = keys.Mentions("KeyEncryptionKey");
        return [.. places.Select(place => KeyEncryptionKey(place, given, context)).OfType<SecretSource>()];
    }

    private static SecretSource? KeyEncryptionKey(SectionReader place, bool given, ReadingContext context)
    {
        if (SecretSection.Read(place, given, context) is not { } source)
            return null;
        if (source.TryRead(Keys.KeyEncryptionKeys.KeyBytes, out var secret, out _) && !Keys.KeyEncryptionKeys.TryRead([source], out _, out _))
            place.Wrong(source.File is null ? "Environment" : "File", "leads to something else than a random key of 32 bytes.", "Give 32 random bytes: raw, or as 44 characters of base64, or as 64 of hex.");
        CryptographicOperations.ZeroMemory(secret);
        return source;
    }
}

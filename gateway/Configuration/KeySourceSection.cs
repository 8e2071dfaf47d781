using Sallyport.Gateway.Trust;

namespace Sallyport.Gateway.Configuration;

/// <summary>Reads the <c>Keys</c> of a trusted issuer: at most one source, and the bounds on fetching.</summary>
internal static class KeySourceSection
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    public static KeySourceOptions Read(SectionReader keys, ReadingContext context)
    {
        var jwksUri = keys.Url("JwksUri");
        var inline = InlineKeys.Read(keys);
        var pemFiles = PemFiles(keys, context);
        var secret = SecretSection.Read(keys.Object("Secret"), keys.Mentions("Secret"), context);
        var standard = new KeySourceOptions { Kind = Kind(keys) };
        var options = standard with
        {
            JwksUri = jwksUri,
            Inline = inline,
            PemFiles = pemFiles,
            Secret = secret,
            SoftExpiry = keys.Duration("SoftExpiry", standard.SoftExpiry, TimeSpan.FromSeconds(1), Day),
            MaxStale = keys.Duration("MaxStale", standard.MaxStale, TimeSpan.FromSeconds(1), 30 * Day),
            Cooldown = keys.Duration("Cooldown", standard.Cooldown, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1)),
            Timeout = keys.Duration("Timeout", standard.Timeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(30)),
            MaxBytes = keys.Integer("MaxBytes", standard.MaxBytes, 1024, 4 * 1024 * 1024),
            MaxKeys = keys.Integer("MaxKeys", standard.MaxKeys, 1, 1000),
        };
        if (options.MaxStale < options.SoftExpiry)
            keys.Wrong("MaxStale", $"is shorter than SoftExpiry, {DurationText.Write(options.SoftExpiry)}.", "Make it at least as long: keys would lose trust before they are fetched again.");
        keys.Finish();
        return options;
    }

    /// <summary>The one source that is named; the first when there are several, which is a mistake.</summary>
    private static KeySourceKind Kind(SectionReader keys)
    {
        var discovery = keys.Boolean("Discovery", false);
        var own = keys.Boolean("Own", false);
        var named = new List<KeySourceKind>();
        if (keys.Has("JwksUri"))
            named.Add(KeySourceKind.JwksUri);
        if (discovery)
            named.Add(KeySourceKind.Discovery);
        if (keys.Mentions("Inline"))
            named.Add(KeySourceKind.Inline);
        if (keys.Has("PemFile"))
            named.Add(KeySourceKind.PemFile);
        if (keys.Mentions("Secret"))
            named.Add(KeySourceKind.Secret);
        if (own)
            named.Add(KeySourceKind.Own);
        if (named.Count > 1)
            keys.Wrong(keys.Path, $"names {named.Count} sources of keys: {string.Join(" and ", named)}.", "Keep one of them.");
        return named.Count > 0 ? named[0] : KeySourceKind.Derived;
    }

    /// <summary>The files of <c>PemFile</c>, in full; a <see cref="Mistake"/> for each that is no good.</summary>
    public static List<string> PemFiles(SectionReader keys, ReadingContext context)
    {
        var written = keys.Strings("PemFile", orOne: true);
        if (written is { Count: 0 })
            keys.Wrong("PemFile", "names no file.", "Name a PEM file with a public key or a certificate, or leave it out.");
        var files = new List<string>();
        for (var i = 0; i < written?.Count; i++)
        {
            var file = Path.GetFullPath(written[i].Replace("\0", "", StringComparison.Ordinal), context.ContentRoot);
            var at = keys.Path.Member("PemFile");
            if (written.Count > 1)
                at = at.Element(i);
            if (KeyFile.TryRead(file, out var bytes) is { } problem)
                keys.Wrong(at, problem, $"Relative paths start at {context.ContentRoot}.");
            else if (bytes.AsSpan().IndexOf("PRIVATE KEY-----"u8) >= 0)
                keys.Wrong(at, "holds a private key, which only the issuer should have.", "Give the gateway the public key or the certificate.");
            files.Add(file);
        }

        return files;
    }
}

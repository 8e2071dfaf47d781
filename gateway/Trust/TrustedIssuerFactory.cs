using System.Security.Cryptography;
using System.Text;
using Sallyport.Gateway.Secrets;
using Sallyport.Gateway.Telemetry;
using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway.Trust;

/// <summary>Makes trusted issuers of their options: opens local keys at once, and sets up caches for remote ones.</summary>
/// <param name="sharing">What the replicas share keys by; null where this process is alone.</param>
/// <param name="own">The public keys of our own ring; null where there is none.</param>
internal sealed class TrustedIssuerFactory(
    KeyDownload download,
    TimeProvider clock,
    GatewayMetrics metrics,
    ILoggerFactory loggers,
    KeySharing? sharing = null,
    OwnPublicKeys? own = null) : IDisposable
{
    private const int MaxPemBytes = 1 << 20;
    private const int LeastSecretBytes = 32;

    private readonly CancellationTokenSource _stopping = new();

    /// <param name="options">What the configuration says.</param>
    /// <param name="previous">The issuer of that name before: an unchanged one keeps what it knows.</param>
    /// <param name="problem">Why the keys cannot be opened; it never holds key material.</param>
    /// <returns>Null when there is a problem.</returns>
    public TrustedIssuer? Create(TrustedIssuerOptions options, TrustedIssuer? previous, out string? problem)
    {
        problem = null;
        Algorithm[] algorithms = [.. options.Algorithms.Select(name => Algorithm.Find(name)).OfType<Algorithm>()];
        if (options.Keys.IsRemote)
        {
            var isUnchanged = previous?.Keys is RemoteKeys && HasSameKeys(previous.Options, options);
            var keys = isUnchanged
                ? previous!.Keys
                : OpenRemote(options, algorithms);
            return new TrustedIssuer(options, algorithms, keys);
        }

        if (options.Keys.Kind == KeySourceKind.Own)
        {
            if (own is not null) return new TrustedIssuer(options, algorithms, new OwnIssuerKeys(options, algorithms, own, metrics));
            problem = "This process has no issuer of its own; one that is added to the configuration begins with the next start.";
            return null;
        }

        return Open(options.Keys, out var source, out problem) is { } set
            ? new TrustedIssuer(options, algorithms, new LocalKeys(set, algorithms, source))
            : null;
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    private RemoteKeys OpenRemote(TrustedIssuerOptions options, IReadOnlyList<Algorithm> algorithms)
    {
        var shared = sharing is null ? null : new SharedKeys(sharing.Redis, sharing.MacKeys, options);
        var keys = new RemoteKeys(options, algorithms, download, shared, clock, metrics, loggers.CreateLogger<RemoteKeys>(), _stopping.Token);
        if (shared is not null) sharing!.Announcements.Add(shared.Name, keys);
        return keys;
    }

    // What a cache of remote keys is made of; the rest of the options is asked of the token, not of the keys.
    private static bool HasSameKeys(TrustedIssuerOptions a, TrustedIssuerOptions b) =>
        string.Equals(a.Name, b.Name, StringComparison.Ordinal)
        && string.Equals(a.Issuer, b.Issuer, StringComparison.Ordinal)
        && a.Algorithms.SequenceEqual(b.Algorithms, StringComparer.Ordinal)
        // Lists compare by reference; remote keys come from no file.
        && a.Keys with { PemFiles = b.Keys.PemFiles } == b.Keys;

    private static JwkSet? Open(KeySourceOptions keys, out string source, out string? problem)
    {
        problem = null;
        switch (keys.Kind)
        {
            case KeySourceKind.Inline:
                source = "JWK Set in the configuration";
                return OpenInline(keys, out problem);
            case KeySourceKind.PemFile:
                source = "PEM " + string.Join(", ", keys.PemFiles);
                return OpenPem(keys.PemFiles, out problem);
            default:
                source = $"secret of {keys.Secret!.Place}";
                return OpenSecret(keys.Secret, out problem);
        }
    }

    private static JwkSet? OpenInline(KeySourceOptions keys, out string? problem)
    {
        if (!JwkSet.TryParse(Encoding.UTF8.GetBytes(keys.Inline!), keys.MaxKeys, out var set, out problem)) return null;
        // In a document of the operator's own, an unusable key is a mistake, not something to work around.
        if (set!.Ignored.Count > 0)
            problem = string.Join(" ", set.Ignored.Select(i => $"Key {Printable.Of(i.KeyId)} is not usable: {i.Reason}."));
        else if (set.Keys.Count == 0)
            problem = "The JWK Set is empty.";
        return problem is null ? set : null;
    }

    private static JwkSet? OpenPem(IReadOnlyList<string> files, out string? problem)
    {
        problem = null;
        var keys = new List<Jwk>();
        foreach (var file in files)
        {
            if (!TryReadFile(file, MaxPemBytes, out var bytes, out problem)) return null;
            if (!Jwk.TryReadPem(Encoding.UTF8.GetString(bytes), out var read, out problem))
            {
                problem = $"{file}: {problem}";
                return null;
            }

            keys.AddRange(read);
        }

        return JwkSet.Of(keys);
    }

    private static JwkSet? OpenSecret(SecretSource source, out string? problem)
    {
        // RFC 7518 section 3.2: as long as the hash.
        if (!source.TryRead(LeastSecretBytes, out var secret, out problem)) return null;
        try
        {
            return JwkSet.Of(Jwk.FromSecret(secret));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    private static bool TryReadFile(string path, int maxBytes, out byte[] bytes, out string? problem)
    {
        bytes = [];
        problem = null;
        try
        {
            using var stream = File.OpenRead(path);
            if (stream.Length > maxBytes)
            {
                problem = $"{path} is larger than {maxBytes} bytes.";
                return false;
            }

            bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problem = $"{path} cannot be read: {e.Message}";
            return false;
        }
    }
}

using Sallyport.Gateway.Identity;

namespace Sallyport.Gateway.Proof;

/// <summary>The trust bundle that somebody gave: of whichever trust domain is asked about, because neither of its forms says so itself.</summary>
internal sealed class TrustBundleFile
{
    /// <summary>The longest file.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    private const int MostDomains = 64;

    private readonly byte[] _file;
    private readonly Dictionary<TrustDomain, TrustBundles> _known = [];

    private TrustBundleFile(byte[] file) => _file = file;

    /// <returns>Null where it is no bundle at all.</returns>
    public static TrustBundleFile? Read(byte[] file, out string? problem)
    {
        problem = null;
        return TrustDomain.TryParse("any", out var any) && TryRead(any, file, out _, out problem) ? new TrustBundleFile(file) : null;
    }

    public TrustBundles For(TrustDomain domain)
    {
        if (_known.TryGetValue(domain, out var known)) return known;
        if (_known.Count == MostDomains) _known.Clear();
        return _known[domain] = TryRead(domain, _file, out var bundle, out _) ? new TrustBundles(bundle!) : TrustBundles.None;
    }

    private static bool TryRead(TrustDomain domain, byte[] file, out TrustBundle? bundle, out string? problem)
    {
        try
        {
            return TrustBundleDocument.TryRead(domain, file, out bundle, out problem);
        }
        catch (InvalidOperationException)
        {
            // A lone surrogate: the JSON reader knows no other way to say so.
            (bundle, problem) = (null, "it holds text that is none");
            return false;
        }
    }
}

using Sallyport.Gateway.Trust;

namespace Sallyport.Gateway.Admin;

/// <summary>Reads the caches of this process, for the verb that shows them.</summary>
internal sealed class KeyCaches(TrustedIssuers trust, TimeProvider clock)
{
    public IReadOnlyList<KeyCacheReport> Read() => [.. (trust.Current?.Issuers ?? []).Select(issuer => KeyCacheReport.Of(issuer, clock))];
}

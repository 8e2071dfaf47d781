using Sallyport.Gateway.Trust;

namespace Sallyport.Gateway.Admin;

/// <summary>How long ago the keys of an issuer were last confirmed by it.</summary>
internal static class KeyAges
{
    /// <summary>Null where nothing was fetched yet, and for local keys, which do not age.</summary>
    public static TimeSpan? Of(IIssuerKeys keys, TimeProvider clock) =>
        keys is RemoteKeys { Current: { } set } ? clock.GetElapsedTime(set.FetchedAt) : null;

    /// <summary>Of every issuer now trusted whose keys age, in seconds.</summary>
    public static IEnumerable<(string Issuer, double Seconds)> All(TrustedIssuers issuers, TimeProvider clock)
    {
        foreach (var issuer in issuers.Current?.Issuers ?? [])
            if (Of(issuer.Keys, clock) is { } age)
                yield return (issuer.Name, age.TotalSeconds);
    }
}

using Sallyport.Gateway.Keys;

namespace Sallyport.Gateway.Admin;

/// <summary>What <c>/keys</c> says: the ring as this process knows it, whatever the JWK Set endpoint answers.</summary>
internal sealed record OwnKeysReport(string Issuer, SigningHealth Signing, IReadOnlyList<OwnKeyReport> Keys)
{
    public static OwnKeysReport Of(KeyRingOptions options, SigningHealth signing, KeyRing? ring) =>
        new(options.Issuer, signing, [.. (ring ?? KeyRing.Empty(options.Issuer)).Keys.Select(OwnKeyReport.Of)]);
}

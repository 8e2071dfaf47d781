using Sallyport.Gateway.Audit;
using Sallyport.Gateway.Configuration;
using Sallyport.Gateway.Identity;
using Sallyport.Gateway.Keys;
using Sallyport.Gateway.Redis;

namespace Sallyport.Gateway.Cli;

/// <summary>The key that signs now, by the configuration at hand: of the ring, or of this workload's SVID.</summary>
internal static class AttestKey
{
    /// <summary>Reads the ring and leaves it as it is: making keys and rotating them is for the gateways.</summary>
    /// <returns>The key, or a sentence that says why there is none.</returns>
    /// <exception cref="KeyStoreAwayException">The store does not answer.</exception>
    public static async Task<(ITokenSigner? Key, string? Problem)> OpenAsync(GatewayOptions options, IServiceProvider services, bool isConnected, CancellationToken cancellation)
    {
        if (options.Issuer is not { Keys: { } keys }) return (null, "There is no issuer in this configuration, so there are no keys of our own: see Sallyport.Issuer.");
        if (keys.Store == KeyStoreKind.Memory)
            return (null, "The keys are in the memory of the gateway's process, which nobody else reaches: see Sallyport.Issuer.Keys.Store.");
        // The ring may be there, and the audit. If it is away, whoever needs it says so.
        if (!isConnected && services.GetService<RedisConnection>() is not null) await SharedRevocations.ConnectAsync(services, cancellation);
        return keys.Store == KeyStoreKind.Spiffe ? await OfIdentityAsync(keys, services, cancellation) : await OfRingAsync(keys, services, cancellation);
    }

    private static async Task<(ITokenSigner? Key, string? Problem)> OfRingAsync(KeyRingOptions options, IServiceProvider services, CancellationToken cancellation)
    {
        if (options.IsEndorsementRequired) await RingAtHand.IdentityAsync(services, cancellation);
        var keeper = services.GetRequiredService<RingKeeper>();
        var (stored, ring, problem) = await keeper.ReadAsync(cancellation);
        if (ring is null) return (null, $"What lies in {keeper.Store.Place} is not the ring of this issuer: {problem}.");
        if (ring.Active is not { } active || active.NotAfter <= stored.Now) return (null, $"There is no key in {keeper.Store.Place} that signs now: start a gateway first.");
        var endorser = services.GetRequiredService<KeyEndorser>();
        if (!endorser.MaySign(active, stored.Now)) return (null, $"The signing key may not sign here: {endorser.Concern(active, stored.Now)}.");
        if (Keep(active, options, services) is { } lost) return (null, lost);
        var (signer, why) = await keeper.Maker.OpenAsync(active, cancellation);
        return signer is null ? (null, $"The signing key {active.KeyId} cannot be opened: {why}.") : (signer, null);
    }

    private static async Task<(ITokenSigner? Key, string? Problem)> OfIdentityAsync(KeyRingOptions options, IServiceProvider services, CancellationToken cancellation)
    {
        if (await RingAtHand.IdentityAsync(services, cancellation) is not { Current.Svid: { } svid })
            return (null, $"There is no SVID to sign with: {services.GetRequiredService<OwnIdentity>().Problem ?? "none came in time"}.");
        if (SpiffeSigner.Of(svid, out var problem) is not { } signer) return (null, $"The SVID cannot sign: {problem}.");
        if (options.Algorithm.Length > 0 && signer.Algorithm.Name != options.Algorithm) return (null, $"The SVID's key signs {signer.Algorithm}, and Sallyport.Issuer.Algorithm says {options.Algorithm}.");
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        return Keep(SpiffeRotation.Entry(signer.Public, signer.NotAfter, now, now), options, services) is { } lost ? (null, lost) : (signer, null);
    }

    /// <summary>A key that the archive does not hold attests nothing: it could not be verified later.</summary>
    private static string? Keep(RingKey key, KeyRingOptions options, IServiceProvider services)
    {
        if (services.GetService<KeyArchive>() is not { } archive) return null;
        var thumbprint = key.Public.Thumbprint;
        try
        {
            archive.Keep(thumbprint, ArchivedKey.Of(options.Issuer, key).ToJson());
            return archive.Find(thumbprint) is { } kept && ArchivedKey.Read(kept, thumbprint) is not null
                ? null
                : $"The archive {archive.Directory} holds something else in the place of key {key.KeyId}.";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"Key {key.KeyId} cannot be archived: {e.Message}";
        }
    }
}

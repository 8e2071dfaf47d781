using Sallyport.Gateway.Configuration;
using Sallyport.Gateway.Keys;

namespace Sallyport.Gateway.Cli;

/// <summary>The key that signs now, in the ring of the configuration at hand.</summary>
internal static class AttestKey
{
    /// <summary>Reads the ring and leaves it as it is: making keys and rotating them is for the gateways.</summary>
    /// <returns>The key, or a sentence that says why there is none.</returns>
    /// <exception cref="KeyStoreAwayException">The store does not answer.</exception>
    public static async Task<(ITokenSigner? Key, string? Problem)> OpenAsync(GatewayOptions options, IServiceProvider services, bool isConnected, CancellationToken cancellation)
    {
        if (options.Issuer is not { } issuer) return (null, "There is no issuer in this configuration, so there are no keys of our own: see Sallyport.Issuer.");
        if (issuer.Keys.Store == KeyStoreKind.Memory)
            return (null, "The keys are in the memory of the gateway's process, which nobody else reaches: see Sallyport.Issuer.Keys.Store.");
        if (issuer.Keys.Store == KeyStoreKind.Redis && !isConnected && await SharedRevocations.ConnectAsync(services, cancellation) is { } away) return (null, away);

        var keeper = services.GetRequiredService<RingKeeper>();
        var (stored, ring, problem) = await keeper.ReadAsync(cancellation);
        if (ring is null) return (null, $"What lies in {keeper.Store.Place} is not the ring of this issuer: {problem}.");
        if (ring.Active is not { } active || active.NotAfter <= stored.Now) return (null, $"There is no key in {keeper.Store.Place} that signs now: start a gateway first.");
        var (signer, why) = await keeper.Maker.OpenAsync(active, cancellation);
        return signer is null ? (null, $"The signing key {active.KeyId} cannot be opened: {why}.") : (signer, null);
    }
}

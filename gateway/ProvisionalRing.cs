using Sallyport.Gateway.Keys;
using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway;

// RING: goes away with the key ring.
internal sealed class ProvisionalRing(OwnKeys keys, KeyRingOptions options, TimeProvider clock) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (keys.Current is not null) return Task.CompletedTask;
        var key = SigningKey.Generate(Algorithm.Find(options.Algorithm)!, options.RsaBits);
        keys.Publish(new OpenRing(1, new ActiveKey(key, clock.GetUtcNow() + options.Life), JwkSet.Of(key.Public), Problem: null));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

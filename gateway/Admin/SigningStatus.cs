using Sallyport.Gateway.Keys;

namespace Sallyport.Gateway.Admin;

/// <summary>Reads the state of our own keys from the running ring. Only in a process that issues.</summary>
internal sealed class SigningStatus(KeyRingOptions options, OwnKeys keys, IKeyReplica replica, TimeProvider clock)
{
    public SigningHealth Health() => SigningHealth.Of(options, keys, clock);

    public OwnKeysReport Report() => OwnKeysReport.Of(options, Health(), replica.Known);
}

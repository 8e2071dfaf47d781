using Sallyport.Gateway.Identity;

namespace Sallyport.Gateway.Admin;

/// <summary>Reads the state of our own identity from the running source. Only in a process that has one.</summary>
internal sealed class IdentityStatus(IdentityOptions options, OwnIdentity own, TimeProvider clock)
{
    public IdentityHealth Health() => IdentityHealth.Of(options, own, clock.GetUtcNow());
}

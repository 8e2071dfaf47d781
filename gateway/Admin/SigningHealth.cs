using System.Text.Json.Serialization;
using Sallyport.Gateway.Keys;

namespace Sallyport.Gateway.Admin;

/// <summary>The health of our own signing keys: names and places, never a key.</summary>
/// <param name="Store">Where the ring is kept.</param>
/// <param name="Ephemeral">Whether the keys end with this process.</param>
/// <param name="ActiveKey">The kid of what signs; null when nothing does.</param>
/// <param name="Epoch">The ring that this process goes by; 0 for none.</param>
/// <param name="Problem">What an operator should know; null while all is well.</param>
internal sealed record SigningHealth(KeyStoreKind Store, bool Ephemeral, string? ActiveKey, long Epoch, string? Problem)
{
    public static SigningHealth Of(KeyRingOptions options, OwnKeys keys, TimeProvider clock)
    {
        var ring = keys.Current;
        var active = ring?.Active is { } key && key.NotAfter > clock.GetUtcNow() ? key.Key.KeyId : null;
        return new SigningHealth(options.Store, options.Store == KeyStoreKind.Memory, active, ring?.Epoch ?? 0, ring?.Problem);
    }

    /// <summary>What it does to the whole, and why; null when there is nothing to say.</summary>
    [JsonIgnore]
    public (HealthStatus Status, string Reason)? Concern => this switch
    {
        { ActiveKey: null } => (HealthStatus.NotReady, $"there is no key to sign tokens with: {Problem ?? "it was not read yet"}"),
        { Problem: { } problem } => (HealthStatus.Degraded, $"signing keys: {problem}"),
        { Ephemeral: true } => (HealthStatus.Ready, "signing keys are ephemeral: they live in the memory of this process and end with it"),
        _ => null,
    };
}

namespace Sallyport.Gateway.Keys;

/// <summary>What the ring needs next, and when to look again.</summary>
/// <param name="Kind">What to do now.</param>
/// <param name="KeyId">The key that it concerns; null for a new one, and for nothing.</param>
/// <param name="ActivateAt">When the key to be prepared shall sign.</param>
/// <param name="LookAgain">When there will be something to do, if nothing changes before; only where there is nothing now.</param>
internal readonly record struct KeyAction(KeyActionKind Kind, string? KeyId = null, DateTimeOffset ActivateAt = default, DateTimeOffset LookAgain = default);

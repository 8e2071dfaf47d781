namespace Sallyport.Gateway.Keys;

/// <summary>What lies in the store, and what it is.</summary>
/// <param name="Stored">As it was read.</param>
/// <param name="Ring">Null where something lies there that is no ring of ours; empty where nothing does.</param>
/// <param name="Problem">Why it is none, as a clause.</param>
internal sealed record RingReading(StoredRing Stored, KeyRing? Ring, string? Problem);

namespace Sallyport.Gateway.Keys;

/// <summary>What became of an attempt to change the ring.</summary>
/// <param name="Kind">What.</param>
/// <param name="Ring">As it lies in the store now; null where that is not known.</param>
/// <param name="Now">The store's time when it was read; of no meaning where it was not.</param>
/// <param name="Problem">Why it was refused, or what else should be known of what was done, as a sentence.</param>
internal sealed record RingOutcome(RingOutcomeKind Kind, KeyRing? Ring, DateTimeOffset Now, string? Problem);

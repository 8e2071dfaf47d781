namespace Sallyport.Gateway.Keys;

/// <summary>What became of an attempt to change the ring.</summary>
/// <param name="Kind">What.</param>
/// <param name="Ring">As it lies in the store now; null where that is not known.</param>
/// <param name="Problem">Why it was refused, as a sentence.</param>
internal sealed record RingOutcome(RingOutcomeKind Kind, KeyRing? Ring, string? Problem);

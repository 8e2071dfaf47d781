namespace Sallyport.Gateway.Keys;

/// <summary>The right to write, which one attempt at a time has.</summary>
/// <param name="Owner">Random, of this attempt alone: nobody ends another's lease.</param>
/// <param name="Fence">Grows with every lease: a later one fences off an earlier one, whatever its holder thinks the time is.</param>
internal sealed record KeyLease(string Owner, long Fence);

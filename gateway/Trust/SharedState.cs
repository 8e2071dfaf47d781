namespace Sallyport.Gateway.Trust;

/// <summary>What lies in Redis for one issuer, at one moment of its clock.</summary>
/// <param name="Now">Unix milliseconds by the clock of Redis.</param>
/// <param name="Lease">Null when there is none, or none that a holder of the MAC keys wrote.</param>
/// <param name="LeaseText">The lease as it lies there, byte for byte, good or bad: what a new one replaces. Empty for none.</param>
/// <param name="Newer">An authentic document that the reader does not have yet.</param>
/// <param name="Stored">The version of the document that lies there, if the reader has it already; else null.</param>
/// <param name="Unfit">The beginning of what lies in the document's place without being one; null when there is nothing wrong.</param>
internal sealed record SharedState(long Now, SharedLease? Lease, byte[] LeaseText, SharedDocument? Newer, long? Stored, byte[]? Unfit)
{
    /// <summary>Whether Redis holds an authentic document, known or new.</summary>
    public bool HasDocument => Newer is not null || Stored is not null;
}

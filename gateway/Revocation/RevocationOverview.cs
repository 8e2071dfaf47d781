namespace Sallyport.Gateway.Revocation;

/// <summary>What Redis says it holds.</summary>
/// <param name="Epoch">Another one after Redis has lost all; empty when there is none.</param>
/// <param name="Count">Changes with every record; text, because nothing is counted with it.</param>
/// <param name="Ends">The ends of its buckets.</param>
internal sealed record RevocationOverview(string Epoch, string Count, IReadOnlyList<long> Ends)
{
    public bool SaysTheSameAs(RevocationOverview? other) => other is not null && Epoch == other.Epoch && Count == other.Count;
}

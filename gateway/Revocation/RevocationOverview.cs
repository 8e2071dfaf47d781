using System.Globalization;

namespace Sallyport.Gateway.Revocation;

/// <summary>What Redis says it holds.</summary>
/// <param name="Epoch">Another one after Redis has lost all; empty when there is none.</param>
/// <param name="Count">One more for every record; anything, if somebody else wrote it.</param>
/// <param name="Ends">The ends of its buckets.</param>
internal sealed record RevocationOverview(string Epoch, string Count, IReadOnlyList<long> Ends)
{
    public bool SaysTheSameAs(RevocationOverview? other) => other is not null && Epoch == other.Epoch && Count == other.Count;

    /// <summary>How many records more there should be than before; null when nobody can say.</summary>
    public long? Since(RevocationOverview before) =>
        long.TryParse(Count, NumberStyles.None, CultureInfo.InvariantCulture, out var now)
        && long.TryParse(before.Count, NumberStyles.None, CultureInfo.InvariantCulture, out var then)
            ? now - then
            : null;
}

namespace Sallyport.Gateway.Proof;

/// <summary>Where a trail is read from: an archive's files, or Redis.</summary>
internal interface ITrailSource
{
    /// <summary>For people.</summary>
    string Place { get; }

    /// <summary>All lines, one at a time.</summary>
    /// <exception cref="ArchiveFaultException">It cannot be read.</exception>
    IAsyncEnumerable<TrailPiece> ReadAsync(CancellationToken cancellation);

    /// <summary>The last lines, and what comes after them when it is called again.</summary>
    /// <param name="most">How many of those that are there already, the first time; <see cref="int.MaxValue"/> for all.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="ArchiveFaultException">It cannot be read.</exception>
    IAsyncEnumerable<TrailPiece> TailAsync(int most, CancellationToken cancellation);

    /// <summary>The checkpoints beside it, as they lie there.</summary>
    /// <exception cref="ArchiveFaultException">They cannot be read.</exception>
    IAsyncEnumerable<TrailPiece> CheckpointsAsync(CancellationToken cancellation);
}

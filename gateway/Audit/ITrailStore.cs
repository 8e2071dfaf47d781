namespace Sallyport.Gateway.Audit;

/// <summary>Where a trail lies, whoever else appends to it. Asked by one caller at a time.</summary>
internal interface ITrailStore
{
    /// <summary>For people.</summary>
    string Place { get; }

    /// <summary>What people should know of how durable it is; null for nothing.</summary>
    string? Durability { get; }

    /// <summary>Opens it or reads on to its end, and appends what is to follow; on the disk when this completes, as far as the place can tell.</summary>
    /// <param name="compose">What is to follow this end; nothing is written for nothing. Called again where somebody else was faster.</param>
    /// <param name="cancellation">Ends waiting.</param>
    /// <returns>The end then.</returns>
    /// <exception cref="AuditUnavailableException">Nothing counts as appended.</exception>
    Task<TrailHead> AppendAsync(Func<TrailHead, IReadOnlyList<AuditRecord>> compose, CancellationToken cancellation);
}

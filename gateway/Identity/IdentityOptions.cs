namespace Sallyport.Gateway.Identity;

/// <summary>The section <c>Sallyport:Identity</c>.</summary>
internal sealed record IdentityOptions
{
    public required IdentitySourceKind Source { get; init; }

    /// <summary>With <see cref="IdentitySourceKind.WorkloadApi"/>.</summary>
    public WorkloadEndpoint? WorkloadApi { get; init; }

    /// <summary>With <see cref="IdentitySourceKind.Files"/>.</summary>
    public SvidFileNames? Files { get; init; }

    /// <summary>Who this process has to be; null to take the first identity that it is given.</summary>
    public SpiffeId? SpiffeId { get; init; }

    /// <summary>Whether the process waits for an identity at its start, and does nothing in its name without one.</summary>
    public bool Required { get; init; }

    /// <summary>What may be said of where it comes from.</summary>
    public string Place => Source == IdentitySourceKind.WorkloadApi ? $"the Workload API at {WorkloadApi}" : $"{Files?.Certificate}, its key and bundle";
}

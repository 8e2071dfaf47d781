namespace Sallyport.Gateway.Demonstration;

/// <summary>The <c>Sallyport:Demonstration</c> section, checked. Development only.</summary>
internal sealed record DemonstrationOptions
{
    /// <summary>Where the built-in upstream listens; null for none.</summary>
    public Uri? Upstream { get; init; }

    /// <summary>Requests that are printed as <c>curl</c> lines at start.</summary>
    public IReadOnlyList<DemonstrationRequest> Requests { get; init; } = [];
}

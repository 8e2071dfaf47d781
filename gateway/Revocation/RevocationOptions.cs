namespace Sallyport.Gateway.Revocation;

/// <summary>The <c>Sallyport:Revocation</c> section, checked.</summary>
internal sealed record RevocationOptions
{
    /// <summary>A list that was last confirmed longer ago than this is stale.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromSeconds(30);
}

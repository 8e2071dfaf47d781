namespace Sallyport.Gateway.Admin;

/// <summary>The <c>Sallyport:Admin</c> section, checked.</summary>
internal sealed record AdminOptions
{
    /// <summary>Where health answers; an address of its own, never the proxy's.</summary>
    public Uri Url { get; init; } = new("http://127.0.0.1:8081");
}

namespace Sallyport.Policies;

/// <summary>Where a route's token is found.</summary>
/// <param name="Place">The part of the request.</param>
/// <param name="Name">Name of the cookie or query parameter; empty for the Authorization header.</param>
public sealed record TokenSource(TokenPlace Place, string Name)
{
    /// <summary><c>Authorization: Bearer</c> (RFC 6750 section 2.1).</summary>
    public static TokenSource Header { get; } = new(TokenPlace.Header, "");
}

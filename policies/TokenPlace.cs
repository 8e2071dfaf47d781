namespace Sallyport.Policies;

/// <summary>The part of a request that carries the token.</summary>
public enum TokenPlace
{
    /// <summary>The Authorization header.</summary>
    Header,

    /// <summary>A cookie.</summary>
    Cookie,

    /// <summary>A query parameter.</summary>
    Query,
}

namespace Sallyport.LoadTests.Parts;

/// <summary>How an <see cref="IssuerHost"/> is.</summary>
internal enum IssuerCondition
{
    Well,

    /// <summary>It takes requests, and never answers.</summary>
    Hangs,

    /// <summary>It answers 503.</summary>
    Fails,

    /// <summary>It closes the connection without an answer.</summary>
    Drops,
}

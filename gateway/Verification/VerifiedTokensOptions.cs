namespace Sallyport.Gateway.Verification;

/// <summary>The <c>Sallyport:VerifiedTokens</c> section, checked: bounds of the cache of tokens seen before.</summary>
internal sealed record VerifiedTokensOptions
{
    /// <summary>The most tokens kept; 0 switches the cache off.</summary>
    public int MaxEntries { get; init; } = 20_000;

    /// <summary>The longest token that is looked at, in bytes.</summary>
    public int MaxTokenBytes { get; init; } = 8 * 1024;

    /// <summary>The longest that a verdict is reused, whatever the token's <c>exp</c> says.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromMinutes(10);
}

namespace Sallyport.Gateway.Issuing;

/// <summary>One entry of <c>Sallyport:Issuer:Federation</c>, checked: an audience outside whose tokens carry AWS session tags.</summary>
internal sealed record FederationOptions
{
    /// <summary>The configured name, which is the audience: <c>sts.amazonaws.com</c>.</summary>
    public required string Audience { get; init; }

    /// <summary>1 to 50 tags.</summary>
    public required IReadOnlyList<FederatedTag> Tags { get; init; }

    /// <summary>Life of such a token; never past the subject's.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromMinutes(5);
}

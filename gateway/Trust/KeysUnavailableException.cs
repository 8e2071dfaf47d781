namespace Sallyport.Gateway.Trust;

/// <summary>An outage, not a bad token: the issuer's keys cannot be had now. Answered with 503 and <c>Retry-After</c>.</summary>
internal sealed class KeysUnavailableException(string issuerName, TimeSpan retryAfter)
    : Exception($"The keys of issuer '{issuerName}' cannot be had now.")
{
    public string IssuerName { get; } = issuerName;

    public TimeSpan RetryAfter { get; } = retryAfter;
}

using Sallyport.Gateway.Secrets;

namespace Sallyport.Gateway.Redis;

/// <summary>The <c>Sallyport:Redis</c> section, checked: what the replicas share.</summary>
internal sealed record RedisOptions
{
    /// <summary>A configuration string of StackExchange.Redis; it may hold a password.</summary>
    public required string Configuration { get; init; }

    /// <summary>What every key and channel of ours begins with.</summary>
    public string Prefix { get; init; } = "sallyport:";

    /// <summary>Where the keys are that authenticate what lies in Redis: the first signs, all verify. Never empty.</summary>
    public required IReadOnlyList<SecretSource> MacKeys { get; init; }

    /// <summary>The longest that a request waits for one answer of Redis.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMilliseconds(50);

    public bool Equals(RedisOptions? other) =>
        other is not null
        && Configuration == other.Configuration
        && Prefix == other.Prefix
        && Timeout == other.Timeout
        && MacKeys.SequenceEqual(other.MacKeys);

    public override int GetHashCode() => HashCode.Combine(Configuration, Prefix, Timeout, MacKeys.Count);

    /// <summary>Without the configuration string: it may hold a password.</summary>
    public override string ToString() => $"Redis with prefix {Prefix}";
}

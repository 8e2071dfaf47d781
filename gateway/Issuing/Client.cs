using System.Security.Cryptography;
using System.Text;
using System.Threading.RateLimiting;
using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway.Issuing;

/// <summary>A client of the configuration in force, with what it proves itself by and how much it has asked of late.</summary>
internal sealed class Client
{
    // Of the process: what it makes means nothing outside it.
    private static readonly byte[] Mark = RandomNumberGenerator.GetBytes(32);

    private readonly FixedWindowRateLimiter _requests;
    private readonly FixedWindowRateLimiter _failures;
    private volatile byte[]? _remembered;

    /// <param name="options">What the configuration says.</param>
    /// <param name="keys">Its public keys; null where it has a secret.</param>
    /// <param name="before">The client of that name before: an unchanged limit goes on counting.</param>
    public Client(ClientOptions options, JwkSet? keys, Client? before)
    {
        (Options, Keys) = (options, keys);
        SecretHash = options.SecretHash is { } text && ClientSecretHash.TryParse(text, out var hash, out _) ? hash : null;
        _requests = before is not null && before.Options.RequestsPerMinute == options.RequestsPerMinute ? before._requests : PerMinute(options.RequestsPerMinute);
        _failures = before?._failures ?? PerMinute(ClientAuthentication.FailuresPerClient);
        _remembered = before?._remembered;
    }

    public ClientOptions Options { get; }

    public string Id => Options.Id;

    public JwkSet? Keys { get; }

    public ClientSecretHash? SecretHash { get; }

    /// <summary>Counts a request; false when there were too many in this minute.</summary>
    public bool TryRequest() => TryCount(_requests);

    /// <summary>Whether a secret may be tried, which costs much; counts the attempt.</summary>
    public bool TryAttempt() => TryCount(_failures);

    /// <summary>Whether the secret was found right before: microseconds, where the hash takes a tenth of a second.</summary>
    public bool Remembers(ReadOnlySpan<byte> secret) => _remembered is { } remembered && CryptographicOperations.FixedTimeEquals(MarkOf(secret), remembered);

    public void Remember(ReadOnlySpan<byte> secret) => _remembered = MarkOf(secret);

    /// <summary>The name only.</summary>
    public override string ToString() => $"Client {Id}";

    // With the hash, so that a secret that was replaced is not remembered.
    private byte[] MarkOf(ReadOnlySpan<byte> secret)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Mark);
        mac.AppendData(Encoding.UTF8.GetBytes($"{Id}\n{Options.SecretHash}\n"));
        mac.AppendData(secret);
        return mac.GetHashAndReset();
    }

    // Without a timer of its own: nobody need dispose of it.
    private static FixedWindowRateLimiter PerMinute(int count) =>
        new(new FixedWindowRateLimiterOptions { PermitLimit = count, Window = TimeSpan.FromMinutes(1), AutoReplenishment = false, QueueLimit = 0 });

    private static bool TryCount(FixedWindowRateLimiter limiter)
    {
        limiter.TryReplenish();
        using var lease = limiter.AttemptAcquire();
        return lease.IsAcquired;
    }
}

using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Sallyport.Gateway.Redis;
using StackExchange.Redis;

namespace Sallyport.Gateway.Issuing;

/// <summary>Remembers client assertions that were used, so that none is used twice (RFC 7523 section 3, item 7): in Redis for all replicas, else here.</summary>
/// <remarks>Kept until the assertion has expired. Redis learns a hash only. Without an answer of Redis no assertion is taken: it could be the second time.</remarks>
internal sealed class AssertionReplays(TimeProvider clock, RedisConnection? redis = null)
{
    /// <summary>The most that are remembered in this process.</summary>
    public const int Capacity = 100_000;

    private readonly Lock _lock = new();
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);
    private readonly PriorityQueue<string, DateTimeOffset> _ends = new();

    /// <summary>True the first time.</summary>
    /// <param name="client">Whose assertion it is: two clients may happen on one <c>jti</c>.</param>
    /// <param name="tokenId">The <c>jti</c>.</param>
    /// <param name="end">From when it is refused as expired.</param>
    /// <exception cref="RedisAwayException">It cannot be known now.</exception>
    public async ValueTask<bool> TryUseAsync(string client, string tokenId, DateTimeOffset end)
    {
        var name = Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes($"{client.Length}:{client}{tokenId}")));
        if (redis is null) return TryUse(name, end);
        // A minute more: the clocks of replicas differ.
        var keep = end - clock.GetUtcNow() + TimeSpan.FromMinutes(1);
        return await redis.RunAsync(
            RedisOperation.UseAssertion,
            redis.Timeout,
            database => database.StringSetAsync($"{redis.Prefix}assertion:{name}", "1", keep, When.NotExists));
    }

    private bool TryUse(string name, DateTimeOffset end)
    {
        lock (_lock)
        {
            var now = clock.GetUtcNow();
            while (_ends.TryPeek(out var oldest, out var ended) && ended <= now)
            {
                _ends.Dequeue();
                _used.Remove(oldest);
            }

            if (_used.Contains(name)) return false;
            // To forget one would be to let it pass again.
            if (_used.Count >= Capacity) throw new RedisAwayException("too many client assertions are in use");
            _used.Add(name);
            _ends.Enqueue(name, end);
            return true;
        }
    }
}

using System.Collections.Concurrent;
using System.Globalization;
using Sallyport.Gateway.Redis;

namespace Sallyport.Gateway.Trust;

/// <summary>Hears what replicas say about keys, and tells the cache it concerns. A message is a hint to look, never anything to believe.</summary>
internal sealed class KeyAnnouncements
{
    private readonly ConcurrentDictionary<string, RemoteKeys> _caches = new(StringComparer.Ordinal);

    public KeyAnnouncements(RedisConnection redis) => redis.Listen(SharedKeys.Channel, Hear);

    /// <summary>From now on <paramref name="keys"/> are told, instead of a cache that had the name before.</summary>
    public void Add(SharedName name, RemoteKeys keys) => _caches[name.Id] = keys;

    private void Hear(string message)
    {
        var colon = message.IndexOf(':', StringComparison.Ordinal);
        if (colon > 0
            && _caches.TryGetValue(message[..colon], out var keys)
            && long.TryParse(message.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var version))
            keys.Announced(version);
    }
}

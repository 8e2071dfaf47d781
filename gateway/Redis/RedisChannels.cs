using System.Collections.Concurrent;
using StackExchange.Redis;

namespace Sallyport.Gateway.Redis;

/// <summary>The channels that this process listens to, and whether Redis has been told so.</summary>
internal sealed class RedisChannels(string prefix)
{
    private readonly ConcurrentDictionary<string, Action<string>> _listeners = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _subscribed = new(StringComparer.Ordinal);

    public bool IsEmpty => _listeners.IsEmpty;

    /// <summary>Those that are still to be subscribed to.</summary>
    public IEnumerable<string> Silent => _listeners.Keys.Where(channel => !_subscribed.ContainsKey(channel));

    public void Add(string channel, Action<string> onMessage)
    {
        if (!_listeners.TryAdd(channel, onMessage)) throw new InvalidOperationException($"Somebody listens to '{channel}' already.");
    }

    public async Task<bool> SubscribeAsync(ISubscriber subscriber, string channel)
    {
        var onMessage = _listeners[channel];
        // The handler is taken off first: an attempt that failed late may have left one.
        await subscriber.UnsubscribeAsync(NameOf(channel), handler: null, CommandFlags.FireAndForget);
        await subscriber.SubscribeAsync(NameOf(channel), (_, message) => onMessage(message.ToString()));
        return true;
    }

    /// <summary>From now on it is no longer <see cref="Silent"/>.</summary>
    public void Subscribed(string channel) => _subscribed[channel] = true;

    /// <summary>Whether messages of all of them can come.</summary>
    public bool AreConnected(ISubscriber subscriber) => _subscribed.Keys.All(channel => subscriber.IsConnected(NameOf(channel)));

    private RedisChannel NameOf(string channel) => RedisChannel.Literal(prefix + channel);
}

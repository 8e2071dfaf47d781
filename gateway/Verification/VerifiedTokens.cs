using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Sallyport.Gateway.Verification;

/// <summary>The cache of tokens seen before. Bounded by entries; the clock algorithm (second chance) says which one leaves.</summary>
/// <remarks>
/// While there is room every token is kept. In a full cache the place of one that still serves is for a token that comes a second time: tokens that are used once
/// push none out, however many there are, and cost no memory that outlives their request.
/// A hit reads one dictionary and sets one flag. An entry serves no longer than min(exp, <see cref="VerifiedTokensOptions.MaxAge"/>);
/// whether its key and its issuer are still trusted is the verifier's question, on every hit.
/// </remarks>
internal sealed class VerifiedTokens(VerifiedTokensOptions options, TimeProvider clock)
{
    // How many slots for tokens that came once there are to one for a token that is kept: the more, the longer one is remembered. Four bytes each.
    private const int SeenOncePerEntry = 4;

    private readonly ConcurrentDictionary<TokenDigest, Entry> _entries = new();
    private readonly Lock _lock = new();
    private readonly List<Entry> _ring = [];
    private SeenOnce? _seenOnce;
    private int _hand;
    private int _look;

    public VerifiedTokensOptions Options { get; } = options;

    public int Count => _entries.Count;

    public bool TryGet(in TokenDigest digest, [NotNullWhen(true)] out VerifiedToken? token)
    {
        token = null;
        if (!_entries.TryGetValue(digest, out var entry)) return false;
        if (clock.GetUtcNow().UtcTicks >= entry.EndsAt) return false;
        if (!entry.IsUsed) entry.IsUsed = true;
        token = entry.Token;
        return true;
    }

    public void Add(in TokenDigest digest, VerifiedToken token)
    {
        if (Options.MaxEntries == 0) return;
        var endsAt = Math.Min(token.Principal.Expires.UtcTicks, (clock.GetUtcNow() + Options.MaxAge).UtcTicks);
        var entry = new Entry(digest, token, endsAt);
        lock (_lock)
        {
            if (_entries.TryGetValue(digest, out var known))
            {
                // The same token verified anew: it takes the slot over.
                _entries[digest] = entry;
                entry.Slot = known.Slot;
                _ring[known.Slot] = entry;
                return;
            }

            if (_ring.Count < Options.MaxEntries)
            {
                entry.Slot = _ring.Count;
                _ring.Add(entry);
            }
            else
            {
                if (FindEnded() is { } ended) entry.Slot = ended;
                else if ((_seenOnce ??= new SeenOnce(SeenOncePerEntry * Options.MaxEntries)).IsSecond(digest)) entry.Slot = Evict();
                else return;
                _ring[entry.Slot] = entry;
            }

            _entries[digest] = entry;
        }
    }

    /// <summary>Lets a token go before its time. Its slot is free.</summary>
    public void Remove(in TokenDigest digest)
    {
        if (_entries.TryRemove(digest, out var entry)) entry.EndsAt = 0;
    }

    // Ends after two rounds at most: the first one clears every flag.
    private int Evict()
    {
        var now = clock.GetUtcNow().UtcTicks;
        while (true)
        {
            var slot = _hand;
            _hand = (_hand + 1) % _ring.Count;
            var entry = _ring[slot];
            if (entry.IsUsed && entry.EndsAt > now)
            {
                entry.IsUsed = false;
                continue;
            }

            Forget(entry);
            return slot;
        }
    }

    // One slot further each time: so many tokens come while one serves that every slot is looked at in time.
    private int? FindEnded()
    {
        var slot = _look;
        _look = (_look + 1) % _ring.Count;
        var entry = _ring[slot];
        if (entry.EndsAt > clock.GetUtcNow().UtcTicks) return null;
        Forget(entry);
        return slot;
    }

    // The same token may have come again after it was removed, in another slot.
    private void Forget(Entry entry) => _entries.TryRemove(new KeyValuePair<TokenDigest, Entry>(entry.Digest, entry));

    private sealed class Entry(TokenDigest digest, VerifiedToken token, long endsAt)
    {
        public TokenDigest Digest { get; } = digest;

        public VerifiedToken Token { get; } = token;

        /// <summary>UTC ticks.</summary>
        public long EndsAt { get; set; } = endsAt;

        public bool IsUsed { get; set; }

        public int Slot { get; set; }
    }
}

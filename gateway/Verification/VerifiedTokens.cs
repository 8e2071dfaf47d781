using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Sallyport.Gateway.Verification;

/// <summary>The cache of tokens seen before. Bounded by entries; the clock algorithm (second chance) says which one leaves.</summary>
/// <remarks>
/// A hit reads one dictionary and sets one flag. An entry serves no longer than min(exp, <see cref="VerifiedTokensOptions.MaxAge"/>);
/// whether its key and its issuer are still trusted is the verifier's question, on every hit.
/// </remarks>
internal sealed class VerifiedTokens(VerifiedTokensOptions options, TimeProvider clock)
{
    private readonly ConcurrentDictionary<TokenDigest, Entry> _entries = new();
    private readonly Lock _lock = new();
    private readonly List<Entry> _ring = [];
    private int _hand;

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

            entry.Slot = _ring.Count < Options.MaxEntries ? _ring.Count : Evict();
            if (entry.Slot == _ring.Count) _ring.Add(entry);
            else _ring[entry.Slot] = entry;
            _entries[digest] = entry;
        }
    }

    /// <summary>Lets a token go before its time. Its slot is used again when the hand comes by.</summary>
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

            // The same token may have come again after it was removed, in another slot.
            _entries.TryRemove(new KeyValuePair<TokenDigest, Entry>(entry.Digest, entry));
            return slot;
        }
    }

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

using Sallyport.Gateway.Keys;
using Xunit.Sdk;

namespace Sallyport.Tests.Keys;

/// <summary>A real memory store that may be away or lose what was written last, and that checks every write as a judge would.</summary>
internal sealed class SimulatedStore(SimulatedTime time)
{
    private static readonly RingDocument Document = new(RingKit.Secrets, RingKit.Issuer);

    private readonly List<(long Epoch, byte[] Document)> _kept = [];
    private MemoryKeyStore _store = new(time.Clock(TimeSpan.Zero));
    private (KeyLease Lease, DateTimeOffset End)? _newest;

    public bool IsAway { get; set; }

    /// <summary>How often it lost something.</summary>
    public int Losses { get; private set; }

    /// <summary>Every name that ever lay here.</summary>
    public HashSet<string> Names { get; } = new(StringComparer.Ordinal);

    /// <summary>How many keys were made: names that came into being with a write.</summary>
    public int Made { get; private set; }

    /// <summary>Called after every write.</summary>
    public Action? Written { get; set; }

    public async Task<StoredRing> ReadAsync()
    {
        ThrowIfAway();
        return await _store.ReadAsync(default);
    }

    public async Task<KeyRing> RingAsync() => Parse(await _store.ReadAsync(default));

    public async Task<KeyLease?> TakeAsync(TimeSpan duration)
    {
        ThrowIfAway();
        var lease = await _store.TakeLeaseAsync(duration, default);
        if (lease is null) return null;
        if (_newest is { } held && time.Now < held.End) throw new XunitException("C6: two have the lease.");
        _newest = (lease, time.Now + duration);
        return lease;
    }

    public async Task<bool> WriteAsync(KeyLease lease, long expected, long epoch, ReadOnlyMemory<byte> document)
    {
        ThrowIfAway();
        var before = Parse(await _store.ReadAsync(default));
        if (!await _store.WriteAsync(lease, expected, epoch, document, default)) return false;

        if (_newest is not { } held || held.Lease != lease || time.Now >= held.End) throw new XunitException("C6: somebody wrote without the lease.");
        var after = Parse(await _store.ReadAsync(default));
        RingFacts.CheckWrite(before, after, time.Now, Names);
        foreach (var key in after.Keys)
            if (Names.Add(key.KeyId)) Made++;
        _kept.Add((epoch, document.ToArray()));
        Written?.Invoke();
        return true;
    }

    public async Task ReleaseAsync(KeyLease lease)
    {
        ThrowIfAway();
        await _store.ReleaseAsync(lease, default);
        if (_newest?.Lease == lease) _newest = null;
    }

    /// <summary>A failover to a copy that lacks the last writes, and every lease.</summary>
    public async Task LoseAsync(int writes)
    {
        if (_kept.Count == 0) return;
        _kept.RemoveRange(Math.Max(0, _kept.Count - writes), Math.Min(writes, _kept.Count));
        Losses++;
        _newest = null;
        _store = new MemoryKeyStore(time.Clock(TimeSpan.Zero));
        if (_kept.Count == 0) return;
        var lease = (await _store.TakeLeaseAsync(TimeSpan.FromSeconds(1), default))!;
        Assert.True(await _store.WriteAsync(lease, 0, _kept[^1].Epoch, _kept[^1].Document, default));
        await _store.ReleaseAsync(lease, default);
    }

    private void ThrowIfAway()
    {
        if (IsAway) throw new KeyStoreAwayException("simulated");
    }

    private static KeyRing Parse(StoredRing stored)
    {
        if (stored.Document is not { } document) return KeyRing.Empty(RingKit.Issuer);
        Assert.True(Document.TryRead(document.Span, stored.Epoch, out var ring, out var problem), problem);
        return ring;
    }
}

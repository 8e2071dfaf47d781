using Sallyport.Gateway.Keys;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Keys;

/// <summary>What every store does, whatever it is made of. Each is asked by two who share it.</summary>
public abstract class KeyStoreContract : IAsyncLifetime
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    private IKeyStore _one = null!;
    private IKeyStore _other = null!;

    public async Task InitializeAsync() => (_one, _other) = await OpenAsync();

    public abstract Task DisposeAsync();

    [Fact]
    public async Task An_empty_store_has_no_document_and_a_clock()
    {
        var read = await _one.ReadAsync(default);

        Assert.Equal(0, read.Epoch);
        Assert.Null(read.Document);
        Assert.Equal(0, read.Now.Ticks % TimeSpan.TicksPerMillisecond);
        await Poll.Until(async () =>
        {
            Pass(TimeSpan.FromMilliseconds(1));
            return (await _other.ReadAsync(default)).Now > read.Now;
        });
    }

    [Fact]
    public async Task What_one_writes_the_other_reads_byte_for_byte()
    {
        var lease = (await _one.TakeLeaseAsync(Long, default))!;
        byte[] odd = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        Assert.True(await _one.WriteAsync(lease, 0, 7, odd, default));
        var read = await _other.ReadAsync(default);
        Assert.Equal(7, read.Epoch);
        Assert.Equal(odd, read.Document!.Value.ToArray());

        var large = new byte[RingDocument.MaxBytes];
        Array.Fill(large, (byte)'x');
        Assert.True(await _one.WriteAsync(lease, 7, 8, large, default));
        Assert.Equal(large, (await _other.ReadAsync(default)).Document!.Value.ToArray());
    }

    [Fact]
    public async Task Who_read_something_else_than_what_lies_there_writes_nothing()
    {
        var lease = (await _one.TakeLeaseAsync(Long, default))!;
        Assert.False(await _one.WriteAsync(lease, 1, 2, "x"u8.ToArray(), default));
        Assert.False(await _one.WriteAsync(lease, 0, 0, "x"u8.ToArray(), default));
        Assert.True(await _one.WriteAsync(lease, 0, 1, "a"u8.ToArray(), default));
        Assert.False(await _one.WriteAsync(lease, 0, 2, "x"u8.ToArray(), default));
        Assert.False(await _one.WriteAsync(lease, 1, 1, "x"u8.ToArray(), default));
        Assert.False(await _one.WriteAsync(lease, 2, 1, "x"u8.ToArray(), default));
        Assert.Equal("a"u8.ToArray(), (await _other.ReadAsync(default)).Document!.Value.ToArray());
        Assert.True(await _one.WriteAsync(lease, 1, 9, "b"u8.ToArray(), default));
    }

    [Fact]
    public async Task Of_many_who_ask_at_once_one_has_the_lease_and_when_it_gives_it_back_the_next()
    {
        var leases = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => (i % 2 == 0 ? _one : _other).TakeLeaseAsync(Long, default))));
        var lease = Assert.Single(leases, lease => lease is not null)!;
        Assert.Null(await _other.TakeLeaseAsync(Long, default));

        await _one.ReleaseAsync(lease, default);
        var next = await _other.TakeLeaseAsync(Long, default);
        Assert.True(next!.Fence > lease.Fence);
        Assert.NotEqual(lease.Owner, next.Owner);
    }

    [Fact]
    public async Task Without_the_lease_nothing_is_written()
    {
        var lease = (await _one.TakeLeaseAsync(Long, default))!;
        Assert.False(await _other.WriteAsync(new KeyLease("nobody", lease.Fence), 0, 1, "x"u8.ToArray(), default));
        Assert.False(await _other.WriteAsync(lease with { Fence = lease.Fence + 1 }, 0, 1, "x"u8.ToArray(), default));
        Assert.True(await _one.WriteAsync(lease, 0, 1, "a"u8.ToArray(), default));
        await _one.ReleaseAsync(lease, default);
        Assert.False(await _one.WriteAsync(lease, 1, 2, "x"u8.ToArray(), default));
        Assert.Equal(1, (await _one.ReadAsync(default)).Epoch);
    }

    [Fact]
    [Trait("Acceptance", "C6")]
    public async Task Who_stalls_past_the_lease_is_fenced_off_and_cannot_end_the_lease_of_the_next()
    {
        var stalled = (await _one.TakeLeaseAsync(TimeSpan.FromMilliseconds(200), default))!;
        KeyLease? next = null;
        await Poll.Until(async () =>
        {
            Pass(TimeSpan.FromMilliseconds(20));
            next = await _other.TakeLeaseAsync(Long, default);
            return next is not null;
        });

        Assert.False(await _one.WriteAsync(stalled, 0, 1, "late"u8.ToArray(), default));
        await _one.ReleaseAsync(stalled, default);
        Assert.Null(await _one.TakeLeaseAsync(Long, default));
        Assert.True(await _other.WriteAsync(next!, 0, 1, "next"u8.ToArray(), default));
        Assert.False(await _one.WriteAsync(stalled, 1, 2, "late"u8.ToArray(), default));
        Assert.Equal("next"u8.ToArray(), (await _one.ReadAsync(default)).Document!.Value.ToArray());
    }

    [Fact]
    [Trait("Acceptance", "C6")]
    public async Task A_lease_that_is_over_writes_nothing_even_if_nobody_else_took_one()
    {
        var stalled = (await _one.TakeLeaseAsync(TimeSpan.FromMilliseconds(50), default))!;
        var end = (await _one.ReadAsync(default)).Now + TimeSpan.FromMilliseconds(60);
        await Poll.Until(async () =>
        {
            Pass(TimeSpan.FromMilliseconds(20));
            return (await _one.ReadAsync(default)).Now > end;
        });

        Assert.False(await _one.WriteAsync(stalled, 0, 1, "late"u8.ToArray(), default));
        var own = (await _one.TakeLeaseAsync(Long, default))!;
        Assert.True(await _one.WriteAsync(own, 0, 1, "a"u8.ToArray(), default));
    }

    [Fact]
    public async Task Of_many_writers_with_one_lease_one_wins_each_epoch()
    {
        var lease = (await _one.TakeLeaseAsync(Long, default))!;
        var won = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(() => (i % 2 == 0 ? _one : _other).WriteAsync(lease, 0, 1, new[] { (byte)('a' + i) }, default))));
        Assert.Equal((byte)('a' + Array.IndexOf(won, true)), Assert.Single((await _one.ReadAsync(default)).Document!.Value.ToArray()));
        Assert.Single(won, isWritten => isWritten);
    }

    /// <summary>Two who share a new, empty store.</summary>
    private protected abstract Task<(IKeyStore One, IKeyStore Other)> OpenAsync();

    /// <summary>Lets the store's time pass; nothing for one whose time passes by itself.</summary>
    private protected virtual void Pass(TimeSpan time)
    {
    }
}

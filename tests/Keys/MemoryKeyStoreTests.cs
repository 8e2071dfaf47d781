using Sallyport.Gateway.Keys;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Keys;

public sealed class MemoryKeyStoreTests : KeyStoreContract
{
    private readonly FakeClock _clock = new();

    public override Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Who_listens_is_told_of_what_was_written()
    {
        var store = new MemoryKeyStore(_clock);
        var told = 0;
        store.Listen(() => told++);
        var lease = (await store.TakeLeaseAsync(TimeSpan.FromSeconds(1), default))!;
        Assert.False(await store.WriteAsync(lease, 5, 6, "x"u8.ToArray(), default));
        Assert.Equal(0, told);
        Assert.True(await store.WriteAsync(lease, 0, 1, "x"u8.ToArray(), default));
        Assert.Equal(1, told);
    }

    private protected override Task<(IKeyStore One, IKeyStore Other)> OpenAsync()
    {
        var store = new MemoryKeyStore(_clock);
        return Task.FromResult<(IKeyStore, IKeyStore)>((store, store));
    }

    private protected override void Pass(TimeSpan time) => _clock.Advance(time);
}

using Sallyport.Gateway.Keys;

namespace Sallyport.Tests.Keys;

/// <summary>One replica's way to the store. It stops before every question and before every answer, until the simulation lets it go on, or tells it that it failed.</summary>
internal sealed class SimulatedConnection(SimulatedStore store) : IKeyStore
{
    private TaskCompletionSource<bool>? _stopped;

    public string Place => "the simulation";

    public bool IsStopped => _stopped is not null;

    public void GoOn(bool isWell)
    {
        var stopped = _stopped!;
        _stopped = null;
        stopped.SetResult(isWell);
    }

    public async Task<StoredRing> ReadAsync(CancellationToken cancellation)
    {
        await Stop();
        var read = await store.ReadAsync();
        await Stop();
        return read;
    }

    public async Task<KeyLease?> TakeLeaseAsync(TimeSpan duration, CancellationToken cancellation)
    {
        await Stop();
        var lease = await store.TakeAsync(duration);
        await Stop();
        return lease;
    }

    public async Task<bool> WriteAsync(KeyLease lease, long expectedEpoch, long newEpoch, ReadOnlyMemory<byte> document, CancellationToken cancellation)
    {
        await Stop();
        var isWritten = await store.WriteAsync(lease, expectedEpoch, newEpoch, document);
        await Stop();
        return isWritten;
    }

    public async Task ReleaseAsync(KeyLease lease, CancellationToken cancellation)
    {
        await Stop();
        await store.ReleaseAsync(lease);
        await Stop();
    }

    public void Listen(Action onHint)
    {
        // The simulation brings messages, or loses them.
    }

    private async Task Stop()
    {
        // Goes on inline, on the one thread of the simulation.
#pragma warning disable MA0173, MA0174
        _stopped = new TaskCompletionSource<bool>();
#pragma warning restore MA0173, MA0174
        if (!await _stopped.Task) throw new KeyStoreAwayException("simulated loss");
    }
}

namespace Sallyport.Tests.Support;

/// <summary>A door that holds everybody who comes until the test opens it; it stays open.</summary>
internal sealed class Latch
{
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _arrived;

    /// <summary>How many have come so far, whether they still wait or not.</summary>
    public int Arrived => Volatile.Read(ref _arrived);

    public void Open() => _opened.TrySetResult();

    public Task WaitAsync(CancellationToken cancellation = default)
    {
        Interlocked.Increment(ref _arrived);
        return _opened.Task.WaitAsync(cancellation);
    }
}

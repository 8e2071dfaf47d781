namespace Sallyport.Tests.Support;

/// <summary>A timer of a <see cref="FakeClock"/>, which guards its state.</summary>
internal sealed class FakeTimer(FakeClock clock, TimerCallback callback, object? state) : ITimer
{
    /// <summary>The monotonic reading at which it fires next.</summary>
    internal TimeSpan Due { get; set; }

    internal TimeSpan Period { get; set; }

    internal bool Disposed { get; set; }

    public bool Change(TimeSpan dueTime, TimeSpan period) => clock.Arm(this, dueTime, period);

    public void Dispose() => clock.Disarm(this);

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    internal void Fire() => callback(state);
}

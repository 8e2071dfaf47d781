namespace Sallyport.Tests.Keys;

/// <summary>The one true time of a simulated fleet, in whole milliseconds, and clocks that are off by a fixed amount.</summary>
internal sealed class SimulatedTime
{
    public DateTimeOffset Now { get; private set; } = RingKit.Start;

    public void Advance(TimeSpan by) => Now += TimeSpan.FromMilliseconds(Math.Round(by.TotalMilliseconds));

    public TimeProvider Clock(TimeSpan off) => new Skewed(this, off);

    private sealed class Skewed(SimulatedTime time, TimeSpan off) : TimeProvider
    {
        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => time.Now + off;

        public override long GetTimestamp() => time.Now.Ticks;
    }
}

namespace Sallyport.Tests.Fleet;

/// <summary>A wall clock that is wrong by a while; timers and timestamps run true, as on a real machine.</summary>
internal sealed class SkewedClock(TimeSpan skew) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + skew;
}

namespace Sallyport.LoadTests.Soak;

/// <summary>When what happens: the same cycle over and over, as long as the soak is.</summary>
/// <remarks>A key is published some seconds before it signs, as issuers do that know their verifiers; one that is used at once is another scenario.</remarks>
internal static class SoakPlan
{
    private const int Cycles = 16;

    /// <summary>In the middle of the load and after it nothing is sent for so long: whatever is kept for requests that may come has gone by its end.</summary>
    public static readonly TimeSpan Calm = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    private static readonly (double Share, SoakEvent What)[] Cycle =
    [
        (0.05, SoakEvent.KeyPublished),
        (0.06, SoakEvent.RingPrepared),
        (0.35, SoakEvent.KeyUsed),
        (0.40, SoakEvent.IssuerHangs),
        (0.46, SoakEvent.IssuerFails),
        (0.52, SoakEvent.IssuerBack),
        (0.60, SoakEvent.RedisFrozen),
        (0.67, SoakEvent.RedisThawed),
        (0.72, SoakEvent.RingActivated),
        (0.80, SoakEvent.RedisKilled),
        (0.88, SoakEvent.RedisBack),
        (0.97, SoakEvent.Collected),
    ];

    /// <summary>The length of a cycle: sixteen of them, or as many as fit with twenty seconds each.</summary>
    public static TimeSpan CycleOf(TimeSpan total) => TimeSpan.FromTicks(Math.Clamp((total / Cycles).Ticks, Shortest.Ticks, Longest.Ticks));

    /// <summary>In the order of time. A cycle that would not come to its end does not begin.</summary>
    public static IEnumerable<(TimeSpan At, SoakEvent What)> Of(TimeSpan total)
    {
        var cycle = CycleOf(total);
        for (var start = TimeSpan.Zero; start + cycle <= total; start += cycle)
            foreach (var (share, what) in Cycle)
                yield return (start + cycle * share, what);
    }
}

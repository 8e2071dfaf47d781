namespace Sallyport.Gateway.Keys;

/// <summary>One process's knowledge of our own keys, which takes a step whenever it is time: of a ring that lies in a store, or of keys that somebody else makes for this workload.</summary>
internal interface IKeyReplica
{
    /// <summary>Where the keys are, for people.</summary>
    string Place { get; }

    /// <summary>What is known; null before anything was.</summary>
    KeyRing? Known { get; }

    /// <summary>Why what is known is not what there is; null while it is.</summary>
    string? Problem { get; }

    /// <summary>Whether waiting does not help.</summary>
    bool IsBeyondWaiting { get; }

    /// <summary>Calls <paramref name="onHint"/> when a step may be due. It must not block or throw.</summary>
    void Listen(Action onHint);

    /// <summary>Looks, acts if there is anything to do, and publishes.</summary>
    /// <returns>When to look again, if nobody says so before.</returns>
    Task<TimeSpan> StepAsync(CancellationToken cancellation);

    /// <summary>Of every key now known: its state, and the seconds since it came into it.</summary>
    IEnumerable<(string State, double Seconds)> Ages();
}

namespace Sallyport.LoadTests.Soak;

/// <summary>An operator who replaces the gateways' own signing key, by the verbs.</summary>
internal sealed class RingRotation(VerbProcess verbs)
{
    private int _activated;
    private int _refused;

    /// <summary>How often a new key signed.</summary>
    public int Activated => _activated;

    /// <summary>How often that came to nothing, as it does while Redis is away.</summary>
    public int Refused => _refused;

    public Task PrepareAsync(CancellationToken cancellation) => verbs.RunAsync(cancellation, "keys", "prepare");

    /// <summary>The key that was prepared, by this or by the schedule, signs.</summary>
    public async Task ActivateAsync(CancellationToken cancellation)
    {
        var (_, ring) = await verbs.RunAsync(cancellation, "keys", "list");
        var prepared = ring?["keys"]?.AsArray().FirstOrDefault(key => (string?)key!["state"] == "prepared");
        if (prepared is not null && (await verbs.RunAsync(cancellation, "keys", "activate", (string)prepared["kid"]!)).ExitCode == 0) Interlocked.Increment(ref _activated);
        else Interlocked.Increment(ref _refused);
    }
}

namespace NBomber.Engine;

/// <summary>What a scenario or a step came to. Not thread-safe.</summary>
internal sealed class Tally
{
    public Outcome Ok { get; } = new();

    public Outcome Fail { get; } = new();

    public void Add(Tally other)
    {
        Ok.Add(other.Ok);
        Fail.Add(other.Fail);
    }

    public void Clear()
    {
        Ok.Clear();
        Fail.Clear();
    }
}

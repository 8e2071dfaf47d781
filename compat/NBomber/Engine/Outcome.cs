using NBomber.Contracts;

namespace NBomber.Engine;

/// <summary>The good, or the failed, answers of a scenario or a step: latencies in ticks of 100 ns, sizes in bytes. Not thread-safe.</summary>
internal sealed class Outcome
{
    private const int MostCodes = 100;
    private const string Others = "(other messages)";

    public Histogram Latency { get; } = new();

    public Histogram Size { get; } = new();

    /// <summary>By status code and message; a run that makes up a message for each answer gets its first ones, and one line for the others.</summary>
    public Dictionary<(string Code, string Message), long> Codes { get; } = [];

    public void Add(IResponse response, long latency)
    {
        Latency.Add(latency);
        Size.Add(response.SizeBytes);
        if (response.StatusCode is not "" || response.Message is not "") Count((response.StatusCode ?? "", response.Message ?? ""), 1);
    }

    public void Add(Outcome other)
    {
        Latency.Add(other.Latency);
        Size.Add(other.Size);
        foreach (var (key, count) in other.Codes) Count(key, count);
    }

    public void Clear()
    {
        Latency.Clear();
        Size.Clear();
        Codes.Clear();
    }

    private void Count((string Code, string Message) key, long count)
    {
        if (Codes.Count >= MostCodes && !Codes.ContainsKey(key)) key = (key.Code.Length <= 3 ? key.Code : "", Others);
        Codes[key] = Codes.GetValueOrDefault(key) + count;
    }
}

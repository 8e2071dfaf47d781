namespace Sallyport.Tests.Fleet;

/// <summary>All answers of a <see cref="Load"/>, in the order in which they came.</summary>
/// <param name="Answers">The answers.</param>
/// <param name="Story">What the replicas said meanwhile, for a test that fails.</param>
internal sealed record LoadTally(IReadOnlyList<LoadAnswer> Answers, string Story)
{
    public IReadOnlyList<LoadAnswer> Failed => [.. Answers.Where(answer => answer.Status != 200)];

    public TimeSpan Longest => Answers.Select(answer => answer.Latency).DefaultIfEmpty().Max();

    /// <summary>The latency below which so many percent of the answers stay.</summary>
    public TimeSpan Percentile(double percent)
    {
        var sorted = Answers.Select(answer => answer.Latency).Order().ToArray();
        return sorted.Length == 0 ? TimeSpan.Zero : sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * percent / 100))];
    }

    /// <summary>Every request was answered with 200, and there were at least so many.</summary>
    public void AllPassed(int atLeast = 1)
    {
        Assert.True(Failed.Count == 0, $"{Failed.Count} of {Answers.Count} requests did not pass:\n{string.Join('\n', Failed.Take(20))}\n{Story}");
        Assert.True(Answers.Count >= atLeast, $"Only {Answers.Count} requests were sent, not {atLeast}.");
    }

    /// <summary>In short.</summary>
    public override string ToString() =>
        $"{Answers.Count} requests, {Failed.Count} failed; half within {Percentile(50).TotalMilliseconds:0.0} ms, 99% within {Percentile(99).TotalMilliseconds:0.0} ms, all within {Longest.TotalMilliseconds:0} ms";
}

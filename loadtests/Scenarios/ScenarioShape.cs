namespace Sallyport.LoadTests.Scenarios;

/// <summary>How long and how hard a scenario runs.</summary>
/// <param name="Name">Its verb, and the name of its reports.</param>
/// <param name="Seconds">Length of its load, all parts together, warm-up left out.</param>
/// <param name="Rate">Good requests per second; 0 where that means nothing.</param>
/// <param name="Reports">Folder of its reports.</param>
internal sealed record ScenarioShape(string Name, int Seconds, int Rate, string Reports)
{
    /// <summary>Before the load, and counted nowhere.</summary>
    public TimeSpan WarmUp => Part(1 / 16d);

    /// <summary>A part of the whole length, a second at least.</summary>
    public TimeSpan Part(double share) => TimeSpan.FromSeconds(Math.Max(1, Math.Round(Seconds * share)));
}

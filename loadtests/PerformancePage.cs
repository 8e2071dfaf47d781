namespace Sallyport.LoadTests;

/// <summary>Puts a run's table into docs/performance.md, in the place of the last one.</summary>
internal static class PerformancePage
{
    private const string Begin = "<!-- gate-cost -->";
    private const string End = "<!-- /gate-cost -->";

    /// <exception cref="InvalidOperationException">The page, or its markers, cannot be found.</exception>
    public static void Write(LoadShape shape, CostTable table)
    {
        var path = Path.Combine(Repository(), "docs", "performance.md");
        var page = File.ReadAllText(path);
        var begin = page.IndexOf(Begin, StringComparison.Ordinal);
        var end = page.IndexOf(End, StringComparison.Ordinal);
        if (begin < 0 || end < begin) throw new InvalidOperationException($"docs/performance.md lacks {Begin} or {End}.");

        var measured = $"""
            {TimeProvider.System.GetUtcNow():yyyy-MM-dd}, .NET {Environment.Version}, {Environment.ProcessorCount} cores: {shape.Rounds} rounds of {shape.Requests:#,0} requests per line, {shape.Connections} connections.

            {table.ToMarkdown()}
            """;
        File.WriteAllText(path, $"{page[..(begin + Begin.Length)]}\n{measured}{page[end..]}");
    }

    private static string Repository()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
            if (File.Exists(Path.Combine(directory.FullName, "Gateway.sln")))
                return directory.FullName;
        throw new InvalidOperationException("This executable is not in its repository: run it with --dry.");
    }
}

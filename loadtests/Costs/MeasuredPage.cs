using System.Globalization;

namespace Sallyport.LoadTests.Costs;

/// <summary>Puts what a run measured into a page of docs/, in the place of what the last run measured.</summary>
internal static class MeasuredPage
{
    /// <param name="name">The page's file.</param>
    /// <param name="marker">The verb; its markers are comments around the place.</param>
    /// <param name="shape">How much load it was.</param>
    /// <param name="text">Markdown.</param>
    /// <exception cref="InvalidOperationException">The page, or its markers, cannot be found.</exception>
    public static void Write(string name, string marker, LoadShape shape, string text) =>
        Write(name, marker, string.Create(CultureInfo.InvariantCulture, $"{shape.Rounds} rounds of {shape.Requests:#,0} requests per line, {shape.Connections} connections"), text);

    /// <param name="name">The page's file.</param>
    /// <param name="marker">The verb; its markers are comments around the place.</param>
    /// <param name="how">How it was measured, in a few words.</param>
    /// <param name="text">Markdown.</param>
    /// <exception cref="InvalidOperationException">The page, or its markers, cannot be found.</exception>
    public static void Write(string name, string marker, string how, string text)
    {
        var (start, stop) = ($"<!-- {marker} -->", $"<!-- /{marker} -->");
        var path = Path.Combine(Repository.Path, "docs", name);
        var page = File.ReadAllText(path);
        var begin = page.IndexOf(start, StringComparison.Ordinal);
        var end = page.IndexOf(stop, StringComparison.Ordinal);
        if (begin < 0 || end < begin) throw new InvalidOperationException($"docs/{name} lacks {start} or {stop}.");

        var measured = $"""
            {TimeProvider.System.GetUtcNow():yyyy-MM-dd}, .NET {Environment.Version}, {Environment.ProcessorCount} cores: {how}.

            {text}
            """;
        File.WriteAllText(path, $"{page[..(begin + start.Length)]}\n{measured}{page[end..]}");
    }

    /// <summary>A file of its own beside the pages, for example a chart.</summary>
    public static void WriteBeside(string name, string text) => File.WriteAllText(Path.Combine(Repository.Path, "docs", name), text);
}

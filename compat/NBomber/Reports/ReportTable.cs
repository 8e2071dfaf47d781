namespace NBomber.Reports;

/// <summary>A table of a report, before it is text, Markdown or HTML.</summary>
internal sealed record ReportTable(string Title, IReadOnlyList<string> Header, IReadOnlyList<IReadOnlyList<string>> Rows);

using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Sallyport.Tests.Support;

/// <summary>Keeps all that is logged, scopes included, so that a test can read it.</summary>
internal sealed class LogSink : ILoggerProvider
{
    private readonly ConcurrentQueue<LogEntry> _entries = new();

    public IReadOnlyList<LogEntry> Entries => [.. _entries];

    /// <summary>All entries as one text: a token, key or secret must not be found in it.</summary>
    public string Everything => string.Join('\n', _entries.Select(entry => entry.Everything));

    public bool Has(LogLevel level, string text) =>
        _entries.Any(entry => entry.Level == level && entry.Message.Contains(text, StringComparison.OrdinalIgnoreCase));

    public ILogger CreateLogger(string categoryName) => new LogSinkLogger(categoryName, _entries);

    public void Dispose()
    {
        // Readable after the host that wrote to it is gone.
    }
}

using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Sallyport.Tests.Support;

/// <summary>The logger of one category of a <see cref="LogSink"/>. A scope is kept as an entry of its own, at level Trace.</summary>
internal sealed class LogSinkLogger(string category, ConcurrentQueue<LogEntry> entries) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
    {
        entries.Enqueue(new LogEntry(category, LogLevel.Trace, new EventId(0, "scope"), state.ToString() ?? "", ValuesOf(state), null));
        return null;
    }

    public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        entries.Enqueue(new LogEntry(category, logLevel, eventId, formatter(state, exception), ValuesOf(state), exception));

    // Copied now: generated log states are reused after the call.
    private static KeyValuePair<string, object?>[] ValuesOf<TState>(TState state) =>
        state is IEnumerable<KeyValuePair<string, object?>> values ? [.. values] : [];
}

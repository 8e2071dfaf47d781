using Sallyport.Gateway.Audit;

namespace Sallyport.Gateway.Cli;

/// <summary>What a verb did that somebody may have to prove later: a line each on standard error, <c>audit</c> and the record as JSON. The rest of a verb's log is not written.</summary>
internal sealed class AuditLines(TextWriter error) : ILoggerProvider, ILogger
{
    private static readonly string Category = typeof(AuditTrail).FullName!;

    public ILogger CreateLogger(string categoryName) => categoryName == Category ? this : Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        error.WriteLine($"audit {formatter(state, exception)}");

    public void Dispose()
    {
        // Standard error is not its own.
    }
}

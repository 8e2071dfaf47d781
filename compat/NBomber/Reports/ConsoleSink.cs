using System.Globalization;
using Serilog.Core;
using Serilog.Events;
using Spectre.Console;

namespace NBomber.Reports;

/// <summary>What scenarios log, on the console.</summary>
internal sealed class ConsoleSink : ILogEventSink
{
    public void Emit(LogEvent logEvent)
    {
        AnsiConsole.WriteLine($"{logEvent.Timestamp.ToString("HH:mm:ss", CultureInfo.InvariantCulture)} [{logEvent.Level}] {logEvent.RenderMessage(CultureInfo.InvariantCulture)}");
        if (logEvent.Exception is { } exception) AnsiConsole.WriteLine(exception.ToString());
    }
}

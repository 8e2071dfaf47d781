namespace Sallyport.Gateway.Telemetry;

/// <summary>Hands the process's log to the OTLP export; <c>Logging:OpenTelemetry</c> filters it.</summary>
[ProviderAlias("OpenTelemetry")]
internal sealed class OtlpLoggerProvider(GatewayTelemetry telemetry) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => telemetry.Loggers.CreateLogger(categoryName);

    public void Dispose()
    {
        // The telemetry ends by itself, after everything that logs.
    }
}

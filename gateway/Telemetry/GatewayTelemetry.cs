using System.Reflection;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Sallyport.Gateway.Telemetry;

/// <summary>The export of traces, metrics and logs over OTLP. Exists only where a receiver is configured.</summary>
/// <remarks>Its providers have a container of their own; <see cref="OtlpLoggerProvider"/> is the bridge from the process's log.</remarks>
internal sealed class GatewayTelemetry : IHostedLifecycleService, IDisposable
{
    private const string ServiceName = "sallyport";

    // Without it ASP.NET Core leaves its span bare: no method, path, route or status.
    private const string SuppressSwitch = "Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData";

    // A receiver that is away must not hold up the end of the process.
    private const int FlushMilliseconds = 5_000;

    private static readonly string[] Sources = [GatewayActivity.SourceName, "Microsoft.AspNetCore", "Yarp.ReverseProxy", "System.Net.Http"];

    private static readonly string[] Meters =
    [
        GatewayMetrics.MeterName, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Net.Http", "System.Runtime",
    ];

    private readonly OpenTelemetrySdk _sdk;

    /// <param name="targets">Where to.</param>
    /// <param name="configuration">The <c>OTEL_</c> variables that the SDK reads itself: sampler, batches, limits, resource, TLS.</param>
    public GatewayTelemetry(OtlpTargets targets, IConfiguration configuration)
    {
        if (!AppContext.TryGetSwitch(SuppressSwitch, out _)) AppContext.SetSwitch(SuppressSwitch, false);

        _sdk = OpenTelemetrySdk.Create(builder =>
        {
            builder.Services.AddSingleton(configuration);
            // Which entries are logged is decided once, by the process's own filters.
            builder.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace));
            builder.ConfigureResource(Describe);
            if (targets.Traces is { } traces)
                builder.WithTracing(tracing => tracing.AddSource(Sources).AddProcessor(new QueryRedaction()).AddOtlpExporter(traces.ApplyTo));
            if (targets.Metrics is { } metrics)
                builder.WithMetrics(metering => metering.AddMeter(Meters).AddOtlpExporter(metrics.ApplyTo));
            if (targets.Logs is { } logs)
                builder.WithLogging(logging => logging.AddOtlpExporter(logs.ApplyTo), logger => logger.IncludeFormattedMessage = true);
        });
        Loggers = _sdk.GetLoggerFactory();
    }

    /// <summary>Writes to the receiver, and nowhere when logs are not exported.</summary>
    public ILoggerFactory Loggers { get; }

    public static string Version { get; } =
        typeof(GatewayTelemetry).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Sends what is left once everything else has stopped, while the meters still exist.</summary>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.WhenAll(
        Task.Run(() => _sdk.TracerProvider.Shutdown(FlushMilliseconds), CancellationToken.None),
        Task.Run(() => _sdk.MeterProvider.Shutdown(FlushMilliseconds), CancellationToken.None),
        Task.Run(() => _sdk.LoggerProvider.Shutdown(FlushMilliseconds), CancellationToken.None));

    public void Dispose() => _sdk.Dispose();

    // The variables come last and win: OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES.
    private static void Describe(ResourceBuilder resource) =>
        resource.Clear().AddTelemetrySdk().AddService(ServiceName, serviceVersion: Version).AddEnvironmentVariableDetector();
}

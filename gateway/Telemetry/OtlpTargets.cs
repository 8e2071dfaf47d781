using System.Diagnostics.CodeAnalysis;
using OpenTelemetry.Exporter;

namespace Sallyport.Gateway.Telemetry;

/// <summary>Which signals are exported, and where to: from our own section, else from the variables of the OpenTelemetry specification.</summary>
/// <remarks>
/// In this order: <c>Sallyport:Telemetry:OtlpEndpoint</c>; <c>OTEL_EXPORTER_OTLP_{SIGNAL}_ENDPOINT</c>, taken as it is;
/// <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>. A base address gets <c>/v1/{signal}</c> where the protocol is HTTP.
/// </remarks>
internal sealed record OtlpTargets(OtlpSignal? Traces, OtlpSignal? Metrics, OtlpSignal? Logs)
{
    /// <param name="options">Our section, which wins.</param>
    /// <param name="configuration">Holds the <c>OTEL_</c> variables: environment variables are one of its sources.</param>
    /// <param name="targets">Null when nothing is to be exported.</param>
    public static bool TryRead(TelemetryOptions options, IConfiguration configuration, [NotNullWhen(true)] out OtlpTargets? targets)
    {
        targets = null;
        if (string.Equals(configuration["OTEL_SDK_DISABLED"], "true", StringComparison.OrdinalIgnoreCase)) return false;

        var read = new OtlpTargets(Signal("traces"), Signal("metrics"), Signal("logs"));
        if (read is not { Traces: null, Metrics: null, Logs: null }) targets = read;
        return targets is not null;

        OtlpSignal? Signal(string name) => Read(options, configuration, name);
    }

    private static OtlpSignal? Read(TelemetryOptions options, IConfiguration configuration, string signal)
    {
        var upper = signal.ToUpperInvariant();
        if (string.Equals(configuration[$"OTEL_{upper}_EXPORTER"], "none", StringComparison.OrdinalIgnoreCase)) return null;

        var protocol = ProtocolOf(
            options.OtlpProtocol ?? configuration[$"OTEL_EXPORTER_OTLP_{upper}_PROTOCOL"] ?? configuration["OTEL_EXPORTER_OTLP_PROTOCOL"]);
        var headers = configuration[$"OTEL_EXPORTER_OTLP_{upper}_HEADERS"];
        if (options.OtlpEndpoint is { } own) return new(Below(own, protocol, signal), protocol, headers);
        if (Address(configuration, $"OTEL_EXPORTER_OTLP_{upper}_ENDPOINT") is { } whole) return new(whole, protocol, headers);
        return Address(configuration, "OTEL_EXPORTER_OTLP_ENDPOINT") is { } shared ? new(Below(shared, protocol, signal), protocol, headers) : null;
    }

    private static Uri? Address(IConfiguration configuration, string name) =>
        Uri.TryCreate(configuration[name], UriKind.Absolute, out var address) && address.Scheme is "http" or "https" ? address : null;

    private static Uri Below(Uri root, OtlpExportProtocol protocol, string signal) =>
        protocol == OtlpExportProtocol.Grpc ? root : new Uri($"{root.AbsoluteUri.TrimEnd('/')}/v1/{signal}");

    // The exporter's own standard where nothing is said.
    private static OtlpExportProtocol ProtocolOf(string? name) =>
        string.Equals(name, "http/protobuf", StringComparison.OrdinalIgnoreCase) ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
}

using OpenTelemetry.Exporter;

namespace Sallyport.Gateway.Telemetry;

/// <summary>Where one signal (traces, metrics or logs) is exported to.</summary>
/// <param name="Endpoint">The whole address for HTTP; the base for gRPC, whose path is the method's.</param>
/// <param name="Protocol">gRPC, or protobuf over HTTP.</param>
/// <param name="Headers">As in <c>OTEL_EXPORTER_OTLP_HEADERS</c>; null leaves it to that variable. May hold credentials.</param>
internal sealed record OtlpSignal(Uri Endpoint, OtlpExportProtocol Protocol, string? Headers)
{
    public override string ToString() => $"{Endpoint} ({Protocol})";

    public void ApplyTo(OtlpExporterOptions exporter)
    {
        exporter.Protocol = Protocol;
        exporter.Endpoint = Endpoint;
        if (Headers is not null) exporter.Headers = Headers;
    }
}

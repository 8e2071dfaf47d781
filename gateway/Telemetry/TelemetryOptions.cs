namespace Sallyport.Gateway.Telemetry;

/// <summary>The <c>Sallyport:Telemetry</c> section, checked.</summary>
internal sealed record TelemetryOptions
{
    /// <summary>Base address of an OTLP receiver; null leaves it to <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>, and without that nothing is exported.</summary>
    public Uri? OtlpEndpoint { get; init; }

    /// <summary><c>grpc</c> or <c>http/protobuf</c>; null leaves it to <c>OTEL_EXPORTER_OTLP_PROTOCOL</c>.</summary>
    public string? OtlpProtocol { get; init; }
}

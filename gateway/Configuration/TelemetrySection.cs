using Sallyport.Gateway.Telemetry;

namespace Sallyport.Gateway.Configuration;

/// <summary>Reads <c>Sallyport:Telemetry</c>.</summary>
internal static class TelemetrySection
{
    public static TelemetryOptions Read(SectionReader section)
    {
        var options = new TelemetryOptions
        {
            OtlpEndpoint = section.Url("OtlpEndpoint"),
            OtlpProtocol = section.Choice("OtlpProtocol", "grpc", "http/protobuf"),
        };
        section.Finish();
        return options;
    }
}

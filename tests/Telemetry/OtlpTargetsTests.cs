using Microsoft.Extensions.Configuration;
using OpenTelemetry.Exporter;
using Sallyport.Gateway.Telemetry;

namespace Sallyport.Tests.Telemetry;

public sealed class OtlpTargetsTests
{
    [Fact]
    public void Without_an_endpoint_nothing_is_exported()
    {
        Assert.False(OtlpTargets.TryRead(new(), Variables(), out _));
        Assert.False(OtlpTargets.TryRead(new() { OtlpProtocol = "grpc" }, Variables(("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")), out _));
        Assert.True(OtlpTargets.TryRead(new(), Variables(("OTEL_EXPORTER_OTLP_ENDPOINT", "http://otel:4317")), out _));
    }

    [Theory]
    [InlineData("not an address")]
    [InlineData("/v1/traces")]
    [InlineData("ftp://otel:4317")]
    [InlineData("")]
    public void What_is_no_http_address_is_no_endpoint(string endpoint) =>
        Assert.False(OtlpTargets.TryRead(new(), Variables(("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)), out _));

    [Theory]
    [InlineData("http://otel:4318")]
    [InlineData("http://otel:4318/")]
    public void A_base_address_gets_the_path_of_each_signal_over_http(string endpoint)
    {
        var variables = Variables(("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"));
        Assert.True(OtlpTargets.TryRead(new(), variables, out var targets));
        Assert.Equal(new(new("http://otel:4318/v1/traces"), OtlpExportProtocol.HttpProtobuf, null), targets.Traces);
        Assert.Equal(new(new("http://otel:4318/v1/metrics"), OtlpExportProtocol.HttpProtobuf, null), targets.Metrics);
        Assert.Equal(new(new("http://otel:4318/v1/logs"), OtlpExportProtocol.HttpProtobuf, null), targets.Logs);
    }

    [Fact]
    public void A_base_address_is_taken_as_it_is_over_grpc()
    {
        Assert.True(OtlpTargets.TryRead(new(), Variables(("OTEL_EXPORTER_OTLP_ENDPOINT", "http://otel:4317")), out var targets));
        Assert.Equal(new(new("http://otel:4317"), OtlpExportProtocol.Grpc, null), targets.Traces);
    }

    [Fact]
    public void The_configuration_wins_over_the_variables()
    {
        var options = new TelemetryOptions { OtlpEndpoint = new("https://ours:4318/otlp"), OtlpProtocol = "http/protobuf" };
        var variables = Variables(
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://otel:4317"),
            ("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "http://logs:4317"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"));
        Assert.True(OtlpTargets.TryRead(options, variables, out var targets));
        Assert.Equal(new(new("https://ours:4318/otlp/v1/traces"), OtlpExportProtocol.HttpProtobuf, null), targets.Traces);
        Assert.Equal(new(new("https://ours:4318/otlp/v1/logs"), OtlpExportProtocol.HttpProtobuf, null), targets.Logs);
    }

    [Fact]
    public void A_signals_own_variables_are_for_that_signal_alone()
    {
        var variables = Variables(
            ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://traces:4318/custom"),
            ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/protobuf"),
            ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "api-key=x"));
        Assert.True(OtlpTargets.TryRead(new(), variables, out var targets));
        Assert.Equal(new(new("http://traces:4318/custom"), OtlpExportProtocol.HttpProtobuf, "api-key=x"), targets.Traces);
        Assert.Null(targets.Metrics);
        Assert.Null(targets.Logs);
        Assert.DoesNotContain("api-key", targets.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_signal_or_everything_can_be_switched_off()
    {
        var endpoint = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://otel:4317");
        Assert.True(OtlpTargets.TryRead(new(), Variables(endpoint, ("OTEL_LOGS_EXPORTER", "none")), out var targets));
        Assert.Null(targets.Logs);
        Assert.NotNull(targets.Traces);
        Assert.False(OtlpTargets.TryRead(new(), Variables(endpoint, ("OTEL_SDK_DISABLED", "true")), out _));
    }

    private static IConfigurationRoot Variables(params (string Name, string Value)[] variables) => new ConfigurationBuilder()
        .AddInMemoryCollection(variables.Select(v => new KeyValuePair<string, string?>(v.Name, v.Value)))
        .Build();
}

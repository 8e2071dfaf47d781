using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Sallyport.Gateway.Telemetry;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Telemetry;

[Collection(Alone.Name)]
public sealed class OtlpExportTests
{
    [Fact]
    public async Task Without_a_receiver_nothing_listens_and_with_one_it_does()
    {
        await using (var silent = await House.OpenAsync())
        {
            Assert.Null(silent.Gateway.Services.GetService<GatewayTelemetry>());
            Assert.False(GatewayActivity.Source.HasListeners());
            Assert.False(silent.Gateway.Services.GetRequiredService<GatewayMetrics>().IsDurationWanted);
        }

        await using var receiver = await OtlpReceiver.StartAsync();
        await using var house = await House.OpenAsync(json =>
        {
            json["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.Url;
            json["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf";
        });
        Assert.True(GatewayActivity.Source.HasListeners());
        Assert.True(house.Gateway.Services.GetRequiredService<GatewayMetrics>().IsDurationWanted);
    }

    [Fact]
    public async Task Grpc_carries_the_same()
    {
        await using var receiver = await OtlpReceiver.StartAsync(HttpProtocols.Http2);
        await using var house = await House.OpenAsync(json =>
        {
            json["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.Url;
            json["OTEL_SERVICE_NAME"] = "front-door";
        });
        using (var answer = await house.Get("/any/1", house.Token()))
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await house.Gateway.Services.GetRequiredService<GatewayTelemetry>().StoppedAsync(CancellationToken.None);

        Assert.Contains(receiver.Spans, span => span.Name == "gateway.authenticate");
        Assert.Contains(receiver.Points, point => point.Metric == "gateway.auth.decisions");
        Assert.NotEmpty(receiver.LogRecords);
        Assert.All(receiver.Resources, resource => Assert.Equal("front-door", resource["service.name"]));
    }

    [Fact]
    public async Task A_receiver_that_is_away_costs_no_request()
    {
        await using var house = await House.OpenAsync(json => json["Sallyport"]!["Telemetry"] = new JsonObject
        {
            ["OtlpEndpoint"] = $"http://127.0.0.1:{FreePort.Next()}",
            ["OtlpProtocol"] = "http/protobuf",
        });
        for (var i = 0; i < 10; i++)
        {
            using var answer = await house.Get("/any/1", house.Token());
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }
}

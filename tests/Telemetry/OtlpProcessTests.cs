using System.Net;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Telemetry;

public sealed class OtlpProcessTests
{
    [Fact]
    public async Task The_variables_of_the_environment_suffice_and_what_is_left_is_sent_at_the_end()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var issuer = await IssuerServer.StartAsync(TestKey.New("ES256").PublicJwk("k1", "ES256"));
        await using var upstream = await RecordingUpstream.StartAsync();
        var json = House.Configuration(issuer, upstream);
        var (proxy, admin) = (FreePort.Next(), FreePort.Next());
        await using var gateway = await GatewayProcess.StartAsync(
            ["serve", "--config", "gateway.json"],
            new Dictionary<string, string>
            {
                ["DOTNET_ENVIRONMENT"] = "Development",
                ["Urls"] = $"http://127.0.0.1:{proxy}",
                ["Sallyport__Admin__Url"] = $"http://127.0.0.1:{admin}",
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.Url,
                ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
                ["OTEL_SERVICE_NAME"] = "front-door",
                // Longer than the test: nothing is sent before the end.
                ["OTEL_METRIC_EXPORT_INTERVAL"] = "600000",
                ["OTEL_BSP_SCHEDULE_DELAY"] = "600000",
            },
            new Dictionary<string, string> { ["gateway.json"] = json.ToJsonString() });
        await gateway.Line($"Health answers at http://127.0.0.1:{admin}/health/ready");

        using var client = new HttpClient();
        await Poll.Until(async () => (await Try($"http://127.0.0.1:{admin}/health/startup")) == HttpStatusCode.OK, TimeSpan.FromSeconds(30));
        Assert.Equal(HttpStatusCode.Unauthorized, await Try($"http://127.0.0.1:{proxy}/any/1"));
        Assert.Equal(HttpStatusCode.OK, await Try($"http://127.0.0.1:{proxy}/open/1"));

        Assert.Equal(0, await gateway.StopAsync());
        Assert.Contains(receiver.Points, point => point.Metric == "gateway.auth.decisions" && point.Labels["reason"] == "anonymous");
        Assert.Contains(receiver.Points, point => point.Metric == "gateway.jwks.age" && point.Labels["issuer"] == "corp");
        Assert.Contains(receiver.Spans, span => span.Name == "jwks.fetch");
        // Probes make none.
        Assert.Equal(2, receiver.Spans.Count(span => span.Source == "Microsoft.AspNetCore"));
        Assert.NotEmpty(receiver.LogRecords);
        Assert.All(receiver.Resources, resource => Assert.Equal("front-door", resource["service.name"]));

        async Task<HttpStatusCode> Try(string url)
        {
            using var answer = await client.GetAsync(new Uri(url));
            return answer.StatusCode;
        }
    }
}

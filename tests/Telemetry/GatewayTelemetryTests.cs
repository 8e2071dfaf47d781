using System.Text;

namespace Sallyport.Tests.Telemetry;

[Collection(Alone.Name)]
public sealed class GatewayTelemetryTests(ExportedTraffic traffic) : IClassFixture<ExportedTraffic>
{
    [Fact]
    public void Every_signal_arrives_at_its_own_path()
    {
        var paths = traffic.Receiver.Paths.Distinct(StringComparer.Ordinal);
        Assert.Equal(["/v1/logs", "/v1/metrics", "/v1/traces"], paths.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_resource_is_the_service_and_its_version() => Assert.All(traffic.Receiver.Resources, resource =>
    {
        Assert.Equal("sallyport", resource["service.name"]);
        Assert.NotEmpty(resource["service.version"]);
        Assert.NotEmpty(resource["service.instance.id"]);
    });

    [Fact]
    public void Authentication_is_a_span_below_the_requests_own()
    {
        var spans = traffic.Receiver.Spans;
        var authenticate = spans.Where(span => span is { Source: "Sallyport", Name: "gateway.authenticate" }).ToArray();
        Assert.Contains(authenticate, span => span.Attributes["sallyport.issuer"] == "corp" && span.Attributes["sallyport.result"] == "verified");
        Assert.Contains(authenticate, span => span.Attributes["sallyport.result"] == "audience_mismatch");
        Assert.All(authenticate, span =>
        {
            var parent = spans.Single(other => other.SpanId == span.ParentId);
            Assert.Equal("Microsoft.AspNetCore", parent.Source);
            Assert.Equal(span.TraceId, parent.TraceId);
        });
    }

    [Fact]
    public void A_fetch_of_keys_is_a_span_above_its_request()
    {
        var spans = traffic.Receiver.Spans;
        var fetches = spans.Where(span => span is { Source: "Sallyport", Name: "jwks.fetch" }).ToArray();
        Assert.Contains(fetches, span => span.Attributes["sallyport.trigger"] == "cold" && span.Attributes["sallyport.outcome"] == "changed");
        Assert.All(fetches, span => Assert.Equal("corp", span.Attributes["sallyport.issuer"]));
        Assert.Contains(spans, span => span.Source == "System.Net.Http" && fetches.Any(fetch => fetch.SpanId == span.ParentId));
    }

    [Theory]
    [InlineData("Microsoft.AspNetCore", "http.request.method", "GET")]
    [InlineData("Microsoft.AspNetCore", "http.response.status_code", "401")]
    [InlineData("Microsoft.AspNetCore", "http.route", "/query/{**rest}")]
    [InlineData("Microsoft.AspNetCore", "url.path", "/query/1")]
    [InlineData("Yarp.ReverseProxy", "proxy.route_id", "any")]
    [InlineData("System.Net.Http", "http.request.method", "GET")]
    public void Spans_of_the_platform_arrive_with_what_they_are_about(string source, string attribute, string value) =>
        Assert.Contains(traffic.Receiver.Spans, span => span.Source == source && span.Attributes.GetValueOrDefault(attribute) == value);

    [Fact]
    public void A_requests_span_is_named_for_its_method_and_route()
    {
        var names = traffic.Receiver.Spans.Where(span => span.Source == "Microsoft.AspNetCore").Select(span => span.Name).ToArray();
        Assert.Contains("GET /any/{**rest}", names);
        Assert.DoesNotContain(names, name => name.Contains("/1", StringComparison.Ordinal));
    }

    [Fact]
    public void Nothing_was_written_of_the_exports_own_requests() => Assert.DoesNotContain(
        traffic.Receiver.Spans,
        span => span.Source == "System.Net.Http" && span.Attributes["url.full"].Contains("/v1/", StringComparison.Ordinal));

    [Theory]
    [InlineData("gateway.auth.decisions", "{request}", "issuer=corp route=any result=allowed reason=allowed", 2)]
    [InlineData("gateway.auth.decisions", "{request}", "issuer=none route=open result=allowed reason=anonymous", 1)]
    [InlineData("gateway.auth.decisions", "{request}", "issuer=corp route=any result=refused reason=kid_unknown", 1)]
    [InlineData("gateway.auth.decisions", "{request}", "issuer=corp route=orders result=denied reason=insufficient_scope", 1)]
    [InlineData("gateway.auth.duration", "s", "result=allowed", null)]
    [InlineData("gateway.jwks.fetches", "{fetch}", "issuer=corp trigger=cold outcome=changed", 1)]
    [InlineData("gateway.jwks.age", "s", "issuer=corp", null)]
    [InlineData("gateway.jwks.kid_misses", "{token}", "issuer=corp outcome=unknown", 1)]
    [InlineData("gateway.cache.requests", "{lookup}", "result=hit", null)]
    [InlineData("gateway.cache.requests", "{lookup}", "result=miss", null)]
    [InlineData("gateway.headers.stripped", "{header}", "", 1)]
    [InlineData("gateway.config.reloads", "{reload}", "outcome=taken", 1)]
    [InlineData("gateway.config.reloads", "{reload}", "outcome=refused", 1)]
    public void Each_metric_arrives_with_its_labels(string metric, string unit, string labels, int? value)
    {
        var points = traffic.Receiver.Points.Where(point => point.Meter == "Sallyport" && point.Metric == metric).ToArray();
        var expected = labels.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(label => label.Split('=')).ToArray();
        var point = points.Last(p => expected.All(label => p.Labels.GetValueOrDefault(label[0]) == label[1]));
        Assert.Equal(unit, point.Unit);
        if (value is not null) Assert.Equal(value.Value, point.Value);
        else if (unit == "s") Assert.InRange(point.Value, double.Epsilon, 600);
    }

    [Theory]
    [InlineData("gateway.auth.decisions", "issuer reason result route")]
    [InlineData("gateway.auth.duration", "result")]
    [InlineData("gateway.jwks.fetches", "issuer outcome trigger")]
    [InlineData("gateway.jwks.age", "issuer")]
    [InlineData("gateway.jwks.kid_misses", "issuer outcome")]
    [InlineData("gateway.cache.requests", "result tier")]
    [InlineData("gateway.headers.stripped", "")]
    [InlineData("gateway.config.reloads", "outcome")]
    public void A_metric_has_these_labels_and_no_other(string metric, string labels)
    {
        var points = traffic.Receiver.Points.Where(point => point.Metric == metric).ToArray();
        Assert.NotEmpty(points);
        Assert.All(points, point => Assert.Equal(labels, string.Join(' ', point.Labels.Keys.Order(StringComparer.Ordinal))));
    }

    [Theory]
    [InlineData("Microsoft.AspNetCore.Hosting", "http.server.request.duration")]
    [InlineData("Microsoft.AspNetCore.Server.Kestrel", "kestrel.active_connections")]
    [InlineData("System.Net.Http", "http.client.request.duration")]
    [InlineData("System.Runtime", "dotnet.gc.collections")]
    public void Metrics_of_the_platform_arrive(string meter, string metric) =>
        Assert.Contains(traffic.Receiver.Points, point => point.Meter == meter && point.Metric == metric);

    [Fact]
    public void Labels_hold_neither_kid_nor_subject() => Assert.All(
        traffic.Receiver.Points.SelectMany(point => point.Labels.Values),
        label =>
        {
            Assert.DoesNotContain("kid-", label, StringComparison.Ordinal);
            Assert.DoesNotContain(ExportedTraffic.Subject, label, StringComparison.Ordinal);
        });

    [Fact]
    public void The_log_arrives_with_its_category_and_the_trace_it_belongs_to()
    {
        var refused = traffic.Receiver.LogRecords.First(log => log.Body.Contains("kid_unknown", StringComparison.Ordinal));
        Assert.Equal("Sallyport.Gateway.Proxy.Gate", refused.Category);
        Assert.Equal("Debug", refused.Severity);
        Assert.Contains(traffic.Receiver.Spans, span => span.TraceId == refused.TraceId && span.Name == "gateway.authenticate");
    }

    [Fact]
    public void No_token_is_in_any_byte_that_was_received()
    {
        Assert.NotEmpty(traffic.Tokens);
        Assert.All(traffic.Tokens.SelectMany(token => token.Split('.')[1..]), part => Assert.False(Received(part), part));
        Assert.False(Received(ExportedTraffic.Subject));
        Assert.True(Received("/query/1"));
    }

    private bool Received(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return traffic.Receiver.Bodies.Any(body => body.AsSpan().IndexOf(bytes) >= 0);
    }
}

using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using Sallyport.Gateway.Telemetry;
using Sallyport.Tests.Keys;
using Sallyport.Tests.Support;
using Sallyport.Tests.Telemetry;

namespace Sallyport.Tests.Identity;

[Collection(Alone.Name)]
public sealed class IdentityMetricsTests
{
    private readonly ConcurrentQueue<(string Name, double Value, string Labels)> _seen = new();

    [Fact]
    public async Task Updates_and_the_time_that_is_left_are_measured()
    {
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (instrument.Meter.Name == GatewayMetrics.MeterName) listening.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, labels, _) => Note(instrument, value, labels));
        listener.SetMeasurementEventCallback<double>((instrument, value, labels, _) => Note(instrument, value, labels));
        listener.Start();

        var ca = new SpiffeCa();
        await using var server = await WorkloadApiServer.StartAsync(ca, ca.Issue());
        var configuration = IssuingShop.InMemory();
        configuration["Sallyport"]!["Identity"] = new JsonObject { ["Source"] = "WorkloadApi", ["WorkloadApi"] = server.Address, ["Required"] = true };
        await using var gateway = await TestGateway.StartAsync(configuration);
        await Poll.Until(() => _seen.Any(point => point is { Name: "gateway.identity.updates", Labels: "outcome=taken" }));
        listener.RecordObservableInstruments();
        Assert.InRange(_seen.Last(point => point.Name == "gateway.identity.expires").Value, 1, 3600);

        server.Refuse(7);
        await Poll.Until(() => _seen.Any(point => point is { Name: "gateway.identity.updates", Labels: "outcome=denied" }));
    }

    private void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> labels) =>
        _seen.Enqueue((instrument.Name, value, string.Join(' ', labels.ToArray().Select(label => $"{label.Key}={label.Value}"))));
}

using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Sallyport.Gateway.Telemetry;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Telemetry;

[Collection(Alone.Name)]
public sealed class IssuerMetricsTests
{
    private readonly ConcurrentQueue<(string Name, double Value, string Labels)> _seen = new();

    [Fact]
    public async Task Tokens_signatures_and_the_ages_of_our_keys_are_measured()
    {
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (instrument.Meter.Name == GatewayMetrics.MeterName && instrument.Name.StartsWith("gateway.issuer.", StringComparison.Ordinal)) listening.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, labels, _) => Note(instrument, value, labels));
        listener.SetMeasurementEventCallback<double>((instrument, value, labels, _) => Note(instrument, value, labels));
        listener.Start();

        await using var house = await InnerDoor.OpenAsync();
        var token = house.Token();
        // The second one is signed for nobody: the first one's assertion serves.
        for (var request = 0; request < 2; request++)
            using (var answer = await house.Get("/any", token)) Assert.Equal(200, (int)answer.StatusCode);
        Assert.Equal(1, _seen.Where(point => point is { Name: "gateway.issuer.tokens", Labels: "grant=assertion outcome=issued" }).Sum(point => point.Value));
        Assert.Single(_seen, point => point is { Name: "gateway.issuer.sign.duration", Value: > 0, Labels: "algorithm=ES256" });

        Assert.Equal(["state=active"], Ages(listener));
        await house.ReplaceKeyAsync();
        Assert.Equal(["state=active", "state=revoked"], Ages(listener));
    }

    private string[] Ages(MeterListener listener)
    {
        _seen.Clear();
        listener.RecordObservableInstruments();
        Assert.All(_seen, point => Assert.InRange(point.Value, 0, 60));
        return [.. _seen.Where(point => point.Name == "gateway.issuer.key.age").Select(point => point.Labels).Order(StringComparer.Ordinal)];
    }

    private void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> labels) =>
        _seen.Enqueue((instrument.Name, value, string.Join(' ', labels.ToArray().Select(label => $"{label.Key}={label.Value}"))));
}

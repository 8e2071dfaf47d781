using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Sallyport.Gateway.Revocation;
using Sallyport.Gateway.Telemetry;
using Sallyport.Tests.Revocation;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Telemetry;

[Collection(Alone.Name)]
public sealed class SharingMetricsTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    private readonly ConcurrentQueue<(string Name, double Value, string Labels)> _seen = new();

    [Fact]
    public async Task Leases_operations_errors_and_the_state_of_the_revocations_are_measured()
    {
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (instrument.Meter.Name == GatewayMetrics.MeterName) listening.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, labels, _) => Note(instrument, value, labels));
        listener.SetMeasurementEventCallback<int>((instrument, value, labels, _) => Note(instrument, value, labels));
        listener.SetMeasurementEventCallback<double>((instrument, value, labels, _) => Note(instrument, value, labels));
        listener.Start();

        await using var redis = await RedisServer.StartAsync();
        await using var house = await House.OpenAsync(json => Revoker.Share(json, redis));
        using (var answer = await house.Get("/any", house.Token())) Assert.Equal(200, (int)answer.StatusCode);
        using (var answer = await house.Get("/any", house.Token(kid: "nobody's"))) Assert.Equal(401, (int)answer.StatusCode);
        using (var answer = await house.Get("/any", house.Token(kid: "nobody's either"))) Assert.Equal(401, (int)answer.StatusCode);
        Assert.Contains(_seen, point => point is { Name: "gateway.jwks.lease", Value: 1, Labels: "issuer=corp outcome=taken" });
        Assert.Contains(_seen, point => point is { Name: "gateway.jwks.lease", Labels: "issuer=corp outcome=cooling" });
        Assert.Contains(_seen, point => point is { Name: "gateway.redis.operation.duration", Value: > 0, Labels: "operation=keys_read outcome=ok" });
        await using (var revoker = await Revoker.StartAsync(redis)) await revoker.Revoke(Revoker.Record("t", RevocationKind.TokenId, house.Issuer.Issuer));
        await Poll.Until(() => Observed(listener, "gateway.revocation.entries") == 1, Long);
        Assert.InRange(Observed(listener, "gateway.revocation.lag")!.Value, 0, 30);
        Assert.Equal(1, Observed(listener, "gateway.redis.connected"));

        await redis.Kill();
        await Poll.Until(() => Observed(listener, "gateway.redis.connected") == 0, Long);
        // Which operation was first to meet the outage, and whether in time, is not for sure; the beats that follow find nobody.
        await Poll.Until(() => _seen.Any(point => point is { Name: "gateway.redis.errors", Labels: "operation=ping reason=connection" }), Long);
        Assert.Equal(1, Observed(listener, "gateway.revocation.entries"));
    }

    private double? Observed(MeterListener listener, string name)
    {
        var before = _seen.Count;
        listener.RecordObservableInstruments();
        var points = _seen.Skip(before).Where(point => point.Name == name).ToList();
        return points.Count == 0 ? null : points.Max(point => point.Value);
    }

    private void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> labels) =>
        _seen.Enqueue((instrument.Name, value, string.Join(' ', labels.ToArray().Select(label => $"{label.Key}={label.Value}"))));
}

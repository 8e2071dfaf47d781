using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Sallyport.Gateway.Telemetry;
using Sallyport.Tests.Admin;
using Sallyport.Tests.Support;
using Sallyport.Tests.Telemetry;

namespace Sallyport.Tests.Kms;

/// <summary>A whole gateway, without Redis: the ring lies in a directory, the private keys in AWS KMS. Alone, for the credentials in its environment and for its meter.</summary>
[Collection(Alone.Name)]
public sealed class KmsGatewayTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sallyport-kms-").FullName;
    private readonly ConcurrentQueue<string> _measured = new();
    private readonly MeterListener _listener = new();
    private KmsServer _kms = null!;
    private House _house = null!;

    public async Task InitializeAsync()
    {
        foreach (var (name, value) in KmsServer.Environment) Environment.SetEnvironmentVariable(name, value);
        _listener.InstrumentPublished = (instrument, listening) =>
        {
            if (instrument.Name == "gateway.kms.duration" && instrument.Meter.Name == GatewayMetrics.MeterName) listening.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((_, _, labels, _) => _measured.Enqueue(string.Join(' ', labels.ToArray().Select(label => $"{label.Value}"))));
        _listener.Start();

        _kms = await KmsServer.StartAsync();
        var secret = Path.Combine(_folder, "kek");
        await File.WriteAllTextAsync(secret, Convert.ToHexString(RandomNumberGenerator.GetBytes(32)));
        _house = await InnerDoor.OpenAsync(json => json["Sallyport"]!["Issuer"]!["Keys"] = new JsonObject
        {
            ["Store"] = "AwsKms",
            ["Directory"] = Path.Combine(_folder, "ring"),
            ["KeyEncryptionKey"] = new JsonObject { ["File"] = secret },
            ["AwsKms"] = new JsonObject { ["Region"] = KmsServer.Region, ["Endpoint"] = _kms.Url, ["Timeout"] = "00:00:04" },
        });
    }

    public async Task DisposeAsync()
    {
        await _house.DisposeAsync();
        await _kms.DisposeAsync();
        _listener.Dispose();
        foreach (var name in KmsServer.Environment.Keys) Environment.SetEnvironmentVariable(name, null);
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Requests_bring_assertions_that_KMS_signed_once_for_a_caller()
    {
        for (var i = 0; i < 20; i++)
        {
            using var answer = await _house.Get("/any", _house.Token(claims => claims["jti"] = $"j{i}"));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            _house.Believed(_house.Upstream.Requests[^1].Header("X-Auth-Assertion"));
        }

        Assert.Equal(1, _kms.Count("Sign"));
        using (await _house.Get("/any", _house.Token(claims => claims["sub"] = "bob")))
            Assert.Equal(2, _kms.Count("Sign"));

        Assert.Equal(["CreateAlias ok", "CreateKey ok", "DescribeKey ok", "GetPublicKey ok", "Sign ok", "SignDryRun ok"], _measured.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
        var (status, report) = await new Probe(_house.Gateway).Ready();
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(("AwsKms", false), ((string?)report["signing"]!["store"], (bool)report["signing"]!["ephemeral"]!));
        Assert.DoesNotContain(KmsServer.SecretKey, _house.Gateway.Logs.Everything, StringComparison.Ordinal);
        Assert.DoesNotContain(KmsServer.AccessKey, _house.Gateway.Logs.Everything, StringComparison.Ordinal);
        Assert.Contains(_house.Gateway.Logs.Entries, entry => entry.Message.Contains("AWS KMS (eu-central-1)", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("ThrottlingException", 400, "throttled")]
    [InlineData("KMSInternalException", 500, "away")]
    [InlineData("AccessDeniedException", 400, "denied")]
    [Trait("Acceptance", "A7")]
    public async Task Without_a_signature_nothing_is_forwarded_and_what_was_signed_goes_on(string code, int httpStatus, string outcome)
    {
        var kept = _house.Token();
        using (await _house.Get("/any", kept))
            _kms.Interfere = request => request.Operation == "Sign" ? KmsAnswer.Error(code, httpStatus) : null;
        var forwarded = _house.Upstream.Requests.Count;

        using (var refused = await _house.Get("/any", _house.Token(claims => claims["sub"] = "bob")))
        {
            Assert.Equal((503, "signing_unavailable"), await House.Problem(refused));
            Assert.Equal(TimeSpan.FromSeconds(5), refused.Headers.RetryAfter?.Delta);
        }

        Assert.Equal(forwarded, _house.Upstream.Requests.Count);
        Assert.Contains("Sign " + outcome, _measured);
        using (var answer = await _house.Get("/any", kept)) Assert.Equal(HttpStatusCode.OK, answer.StatusCode);

        _kms.Interfere = null;
        await Poll.Until(async () =>
        {
            using var answer = await _house.Get("/any", _house.Token(claims => claims["sub"] = "bob"));
            return answer.StatusCode == HttpStatusCode.OK;
        });
    }

    [Fact]
    public async Task Many_who_come_at_once_while_KMS_hangs_are_answered_in_the_time_of_a_few()
    {
        _kms.Interfere = request => request.Operation == "Sign" ? KmsAnswer.Error("KMSInternalException", 500) with { Delay = TimeSpan.FromMinutes(10) } : null;
        var token = _house.Token();

        // Each waits for its turn; were each to wait for KMS as well, this would take ten minutes.
        var answers = await Task.WhenAll(Enumerable.Range(0, 150).Select(_ => _house.Get("/any", token))).WaitAsync(TimeSpan.FromMinutes(2));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode));
        Assert.Contains("Sign timeout", _measured);
        Assert.Contains("Sign paused", _measured);
    }
}

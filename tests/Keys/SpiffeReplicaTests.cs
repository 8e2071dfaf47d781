using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Sallyport.Gateway.Audit;
using Sallyport.Gateway.Identity;
using Sallyport.Gateway.Keys;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Keys;

/// <summary>Keys that are those of the workload's own SVIDs.</summary>
[Trait("Acceptance", "A11")]
public sealed class SpiffeReplicaTests : IDisposable
{
    private static readonly KeyRingOptions Options = RingKit.Options with { Store = KeyStoreKind.Spiffe, Algorithm = "" };

    private readonly FakeClock _clock = new(RingKit.Start);
    private readonly SpiffeCa _authority;
    private readonly OwnIdentity _identity;
    private readonly OwnKeys _keys = new();
    private readonly LogSink _log = new();
    private readonly ILoggerFactory _loggers;
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("sallyport-svids-");

    public SpiffeReplicaTests()
    {
        _authority = new SpiffeCa(clock: _clock);
        _identity = new OwnIdentity(_clock);
        _loggers = LoggerFactory.Create(logging => logging.AddProvider(_log));
    }

    private DateTimeOffset Now => _clock.GetUtcNow();

    private OpenRing Open => _keys.Current!;

    private IReadOnlyList<string> Told => [.. _log.Entries.Select(entry => entry.Message).Where(message => message.StartsWith('{')).Select(message => (string)JsonNode.Parse(message)!["event"]!)];

    public void Dispose()
    {
        _loggers.Dispose();
        _directory.Delete(recursive: true);
    }

    [Theory]
    [InlineData("P-256", "ES256")]
    [InlineData("P-384", "ES384")]
    [InlineData("RSA-2048", "RS256")]
    public async Task The_key_of_the_SVID_signs_under_its_SPIFFE_ID_and_its_thumbprint(string kind, string algorithm)
    {
        var replica = Replica();
        var svid = Give(shape: new SvidShape { Key = kind });
        await replica.StepAsync(default);

        var active = Open.Active!;
        Assert.Equal($"spiffe://example.org/gateway#{svid.Public.Thumbprint}", active.Key.KeyId);
        Assert.Equal((algorithm, svid.NotAfter), (active.Key.Algorithm.Name, active.NotAfter));
        Assert.Equal(svid.Chain.Select(Convert.ToBase64String), active.Key.CertificateChain);
        Assert.Equal(active.Key.KeyId, Assert.Single(Open.Published.Keys).KeyId);
        byte[] signed = [1, 2, 3];
        var signature = await active.Key.SignAsync(signed, default);
        Assert.True(svid.Public.Verify(svid.Algorithm, signed, signature));
        Assert.Equal(["key_prepared", "key_activated"], Told);

        var kept = ArchivedKey.Read(new KeyArchive(_directory.FullName).Find(svid.Public.Thumbprint)!, svid.Public.Thumbprint)!;
        Assert.Equal((active.Key.KeyId, svid.Public.Thumbprint), (kept.KeyId, kept.Public.KeyId));
    }

    [Fact]
    public async Task A_renewed_SVID_is_published_for_the_lead_before_it_signs_and_its_predecessor_stays_until_its_end()
    {
        var replica = Replica();
        var first = Give();
        await replica.StepAsync(default);
        _clock.Advance(TimeSpan.FromMinutes(30));
        var second = Give();
        await replica.StepAsync(default);
        Assert.Equal([Name(first), Name(second)], Published());
        Assert.Equal(Name(first), Open.Active!.Key.KeyId);

        _clock.Advance(Options.Lead - TimeSpan.FromSeconds(1));
        await replica.StepAsync(default);
        Assert.Equal(Name(first), Open.Active!.Key.KeyId);
        _clock.Advance(TimeSpan.FromSeconds(1));
        await replica.StepAsync(default);
        Assert.Equal((Name(second), second.NotAfter), (Open.Active!.Key.KeyId, Open.Active.NotAfter));
        Assert.Equal([Name(first), Name(second)], Published());
        Assert.False(replica.Known!.Active!.IsEmergency);

        _clock.Advance(first.NotAfter - Now);
        await replica.StepAsync(default);
        Assert.Equal([Name(second)], Published());
        Assert.Equal(["key_prepared", "key_activated", "key_prepared", "key_activated", "key_retired", "key_dropped"], Told);
    }

    [Fact]
    public async Task One_whose_predecessor_does_not_live_that_long_signs_at_once_and_that_is_told_as_an_emergency()
    {
        var replica = Replica();
        var first = Give();
        await replica.StepAsync(default);
        _clock.Advance(TimeSpan.FromMinutes(57));
        var second = Give();
        await replica.StepAsync(default);
        Assert.Equal(Name(second), Open.Active!.Key.KeyId);
        Assert.True(replica.Known!.Active!.IsEmergency);
        Assert.Equal([Name(first), Name(second)], Published());
        Assert.Contains("emergency", _log.Entries.Select(entry => entry.Message).Single(message => message.Contains("key_activated", StringComparison.Ordinal) && message.Contains(second.Public.Thumbprint, StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_signs_without_an_SVID_or_after_its_end_and_the_next_one_signs_again()
    {
        var replica = Replica();
        _identity.Fail("the agent is away");
        await replica.StepAsync(default);
        Assert.Null(Open.Active);
        Assert.Contains("the agent is away", Open.Problem, StringComparison.Ordinal);

        Give();
        await replica.StepAsync(default);
        Assert.NotNull(Open.Active);
        Assert.Null(Open.Problem);
        _clock.Advance(TimeSpan.FromMinutes(60));
        await replica.StepAsync(default);
        Assert.Null(Open.Active);
        Assert.NotNull(Open.Problem);
        Assert.Empty(Open.Published.Keys);
        var next = Give();
        await replica.StepAsync(default);
        Assert.Equal(Name(next), Open.Active!.Key.KeyId);
        Assert.Null(Open.Problem);
    }

    [Fact]
    public async Task A_new_certificate_for_the_same_key_prolongs_it_under_its_name()
    {
        var replica = Replica();
        var issued = _authority.Issue();
        _identity.Publish(new IdentitySnapshot(issued.Taken(_authority.Bundles, Now), _authority.Bundles));
        await replica.StepAsync(default);
        var before = Open.Active!;
        _clock.Advance(TimeSpan.FromMinutes(30));
        var renewed = _authority.Issue(secret: issued.Key).Taken(_authority.Bundles, Now);
        _identity.Publish(new IdentitySnapshot(renewed, _authority.Bundles));
        await replica.StepAsync(default);
        Assert.Equal((before.Key.KeyId, renewed.NotAfter), (Open.Active!.Key.KeyId, Open.Active.NotAfter));
        Assert.Equal(Convert.ToBase64String(renewed.Chain[0]), Open.Active.Key.CertificateChain[0]);
        Assert.Single(Open.Published.Keys);
    }

    [Fact]
    public async Task An_algorithm_that_was_asked_for_must_be_that_of_the_key()
    {
        var replica = Replica(Options with { Algorithm = "RS256" });
        Give();
        await replica.StepAsync(default);
        Assert.Null(Open.Active);
        Assert.Contains("RS256", Open.Problem, StringComparison.Ordinal);
        Give(shape: new SvidShape { Key = "RSA-2048" });
        await replica.StepAsync(default);
        Assert.NotNull(Open.Active);
        Assert.Null(Open.Problem);
    }

    [Fact]
    public async Task A_SPIFFE_ID_that_is_too_long_for_a_kid_is_refused()
    {
        var replica = Replica();
        Give("/" + new string('a', 256));
        await replica.StepAsync(default);
        Assert.Null(Open.Active);
        Assert.Contains("kid", Open.Problem, StringComparison.Ordinal);
        Give("/" + new string('a', 150));
        await replica.StepAsync(default);
        Assert.NotNull(Open.Active);
    }

    private SpiffeReplica Replica(KeyRingOptions? options = null) => new(
        options ?? Options, _identity, _keys, new AuditTrail(_loggers.CreateLogger<AuditTrail>()), _clock, NullLogger<SpiffeReplica>.Instance, new KeyArchive(_directory.FullName));

    private X509Svid Give(string path = "/gateway", SvidShape? shape = null)
    {
        var svid = _authority.Issue(path, shape).Taken(_authority.Bundles, Now);
        _identity.Publish(new IdentitySnapshot(svid, _authority.Bundles));
        return svid;
    }

    private IEnumerable<string?> Published() => Open.Published.Keys.Select(key => key.KeyId);

    private static string Name(X509Svid svid) => SpiffeSigner.NameOf(svid);
}

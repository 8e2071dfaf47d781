using System.Text;
using System.Text.Json.Nodes;
using Sallyport.Gateway.Attestation;
using Sallyport.Gateway.Identity;
using Sallyport.Gateway.Keys;
using Sallyport.Tests.Keys;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Attestation;

public sealed class KeyIdentityTests : IDisposable
{
    private readonly AttestationKit _kit = new();
    private readonly FakeClock _clock = new(RingKit.Start);
    private readonly SpiffeCa _authority;
    private byte[]? _secret;

    public KeyIdentityTests() => _authority = new SpiffeCa(clock: _clock);

    private EndorsementArchive Endorsements => new(Path.Combine(_kit.Folder, "endorsements"));

    public void Dispose() => _kit.Dispose();

    [Fact]
    public async Task An_endorsement_of_the_key_is_proven_by_the_bundle_of_whoever_vouched_and_by_no_other()
    {
        using var key = _kit.Key();
        var envelope = (await AttestationKit.AttestAsync(key)).ToJson();
        Assert.Equal(("endorsement", LinkState.Unverifiable, "endorsement_missing"), AttestationKit.Broken(Verify(envelope, _authority.Pem)));

        var endorsement = Endorse(key);
        Endorsements.Keep(key.KeyId, endorsement);
        var report = Verify(envelope, _authority.Pem);
        Assert.True(report.State == LinkState.Proven, string.Join('\n', report.Links));
        Assert.Contains("spiffe://example.org/gateway vouched for the key", report.Links[2].Detail, StringComparison.Ordinal);
        Assert.Equal(("endorsement", LinkState.Failed, "endorsement_invalid"), AttestationKit.Broken(Verify(envelope, new SpiffeCa(clock: _clock).Pem)));
        Assert.Equal(("endorsement", LinkState.Failed, "endorsement_invalid"), AttestationKit.Broken(Verify(envelope, "no bundle")));

        // Without a bundle nobody asks.
        Assert.Equal(LinkState.Proven, _kit.Verify(envelope).State);
    }

    [Fact]
    public async Task An_endorsement_of_another_key_of_another_name_or_that_was_changed_proves_nothing()
    {
        using var key = _kit.Key();
        using var other = _kit.Key();
        var envelope = (await AttestationKit.AttestAsync(key)).ToJson();
        var others = Endorse(other);
        Endorsements.Keep(key.KeyId, others);
        Assert.Equal(("endorsement", LinkState.Failed, "endorsement_invalid"), AttestationKit.Broken(Verify(envelope, _authority.Pem)));

        var good = Endorse(key);
        Endorsements.Keep(key.KeyId, good);
        Assert.Equal(LinkState.Proven, Verify(envelope, _authority.Pem).State);
        var file = Path.Combine(Endorsements.Directory, key.KeyId, good.Hash + ".jws");
        await File.WriteAllTextAsync(file, good.Text[..^4] + (good.Text[^4] == 'A' ? "BAAA" : "AAAA"));
        Assert.Equal(("endorsement", LinkState.Failed, "endorsement_invalid"), AttestationKit.Broken(Verify(envelope, _authority.Pem)));
        await File.WriteAllTextAsync(file, good.Text);
        File.Delete(Path.Combine(Endorsements.Directory, key.KeyId, others.Hash + ".jws"));
        File.Move(file, Path.Combine(Endorsements.Directory, key.KeyId, new string('A', 43) + ".jws"));
        Assert.Equal(("endorsement", LinkState.Failed, "endorsement_invalid"), AttestationKit.Broken(Verify(envelope, _authority.Pem)));
    }

    [Fact]
    public async Task An_identitys_own_key_is_proven_by_its_certificates()
    {
        var (envelope, svid) = await BySvidAsync();
        Assert.Equal(LinkState.Proven, _kit.Verify(envelope).State);
        var report = Verify(envelope.ToJson(), _authority.Pem);
        Assert.True(report.State == LinkState.Proven, string.Join('\n', report.Links));
        Assert.Equal(SpiffeSigner.NameOf(svid), report.KeyId);
        Assert.Equal(("endorsement", LinkState.Failed, "svid_invalid"), AttestationKit.Broken(Verify(envelope.ToJson(), new SpiffeCa(clock: _clock).Pem)));

        var signature = envelope.Signatures[0];
        Assert.Equal(("endorsement", LinkState.Unverifiable, "certificate_missing"), AttestationKit.Broken(Verify(With([]), _authority.Pem)));
        // A certificate of the same workload, for another key; and of the same key, for another workload.
        Assert.Equal("svid_invalid", AttestationKit.Broken(Verify(With(_authority.Issue().Chain), _authority.Pem)).Reason);
        Assert.Equal("svid_invalid", AttestationKit.Broken(Verify(With(_authority.Issue("/other", secret: _secret).Chain), _authority.Pem)).Reason);
        Assert.Equal("proven", Verify(With(signature.Chain), _authority.Pem).Links[2].Reason);

        var named = envelope with { Signatures = [signature with { KeyId = $"spiffe://example.org/other#{svid.Public.Thumbprint}" }] };
        Assert.Equal("key_not_archived", AttestationKit.Broken(_kit.Verify(named)).Reason);

        byte[] With(IReadOnlyList<byte[]> chain) => (envelope with { Signatures = [signature with { Chain = chain }] }).ToJson();
    }

    [Fact]
    public async Task With_a_bundle_no_byte_of_an_envelope_with_certificates_can_be_changed()
    {
        var good = (await BySvidAsync()).Envelope.ToJson();
        Assert.Equal(LinkState.Proven, Verify(good, _authority.Pem).State);
        for (var i = 0; i < good.Length; i++)
        {
            good[i] ^= 0x01;
            Assert.True(Verify(good, _authority.Pem).State != LinkState.Proven, $"Byte {i} is now {good[i]}, and nobody minds.");
            good[i] ^= 0x01;
        }
    }

    [Fact]
    public async Task A_bundle_is_read_as_a_JWK_Set_too()
    {
        using var key = _kit.Key();
        Endorsements.Keep(key.KeyId, Endorse(key));
        var envelope = (await AttestationKit.AttestAsync(key)).ToJson();
        var authority = new JsonObject { ["use"] = "x509-svid", ["kty"] = "EC", ["x5c"] = new JsonArray(Convert.ToBase64String(_authority.Certificate)) };
        Assert.Equal(LinkState.Proven, Verify(envelope, Set(new JsonObject { ["use"] = "jwt-svid", ["kid"] = "k" }, authority)).State);

        foreach (var bad in new[]
        {
            "{}", "{", "{\"keys\":{}}", "{\"keys\":[]}", "{\"keys\":[1]}", "{\"keys\":[{\"use\":1}]}", "{\"keys\":[{\"use\":\"\\ud800\"}]}",
            Set(new JsonObject { ["use"] = "x509-svid" }),
            Set(new JsonObject { ["use"] = "x509-svid", ["x5c"] = new JsonArray() }),
            Set(new JsonObject { ["use"] = "x509-svid", ["x5c"] = new JsonArray("***") }),
            Set(new JsonObject { ["use"] = "jwt-svid" }),
        })
            Assert.Equal(("endorsement", LinkState.Failed, "endorsement_invalid"), AttestationKit.Broken(Verify(envelope, bad)));

        static string Set(params JsonObject[] keys) => new JsonObject { ["keys"] = new JsonArray([.. keys.Select(entry => entry.DeepClone())]), ["spiffe_sequence"] = 1 }.ToJsonString();
    }

    private async Task<(DsseEnvelope Envelope, X509Svid Svid)> BySvidAsync()
    {
        var issued = _authority.Issue();
        _secret = issued.Key;
        var svid = issued.Taken(_authority.Bundles, _clock.GetUtcNow());
        var signer = SpiffeSigner.Of(svid, out _)!;
        var now = _clock.GetUtcNow();
        _kit.Archive.Keep(svid.Public.Thumbprint, ArchivedKey.Of(RingKit.Issuer, SpiffeRotation.Entry(signer.Public, signer.NotAfter, now, now)).ToJson());
        return (await AttestationKit.AttestAsync(signer), svid);
    }

    private Endorsement Endorse(SigningKey key)
    {
        var svid = _authority.Issue().Taken(_authority.Bundles, _clock.GetUtcNow());
        var text = EndorsementWriter.Write(svid, RingKit.Issuer, key.Public, key.KeyId, _clock.GetUtcNow(), _clock.GetUtcNow().AddDays(1))!;
        return Endorsement.Read(text, out _)!;
    }

    private AttestationReport Verify(byte[] envelope, string bundle) =>
        new AttestationCheck(_kit.Archive, new KeyIdentity(Encoding.UTF8.GetBytes(bundle), Endorsements)).Check(envelope, [], token: null);
}

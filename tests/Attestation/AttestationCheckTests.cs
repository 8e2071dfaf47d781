using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;
using Sallyport.Gateway.Attestation;
using Sallyport.Gateway.Keys;
using Sallyport.Gateway.Tokens;
using Sallyport.Tests.Keys;

namespace Sallyport.Tests.Attestation;

public sealed class AttestationCheckTests : IDisposable
{
    private readonly AttestationKit _kit = new();

    public void Dispose() => _kit.Dispose();

    [Theory]
    [InlineData("ES256")]
    [InlineData("ES384")]
    [InlineData("ES512")]
    [InlineData("RS256")]
    [InlineData("PS256")]
    [InlineData("EdDSA")]
    public async Task What_a_key_of_ours_attested_is_proven_against_the_archive(string algorithm)
    {
        using var key = _kit.Key(algorithm);
        var report = _kit.Verify(await AttestationKit.AttestAsync(key));
        Assert.True(report.State == LinkState.Proven, string.Join('\n', report.Links));
        Assert.Equal(["envelope", "signature", "payload_type", "statement"], report.Links.Select(link => link.Name));
        Assert.Equal((key.KeyId, RingKit.Issuer, AttestationKit.PredicateType), (report.KeyId, report.Key!.Issuer, report.Statement!.PredicateType));
    }

    [Theory]
    [InlineData("ES256")]
    [InlineData("EdDSA")]
    public async Task No_byte_of_an_envelope_can_be_changed(string algorithm)
    {
        using var key = _kit.Key(algorithm);
        var good = (await AttestationKit.AttestAsync(key)).ToJson();
        Assert.Equal(LinkState.Proven, _kit.Verify(good).State);
        foreach (var mask in new byte[] { 0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80 })
            for (var i = 0; i < good.Length; i++)
            {
                good[i] ^= mask;
                Assert.True(_kit.Verify(good).State != LinkState.Proven, $"Byte {i} is now {good[i]}, and nobody minds.");
                good[i] ^= mask;
            }

        for (var length = 0; length < good.Length; length++) Assert.NotEqual(LinkState.Proven, _kit.Verify(good[..length]).State);
        Assert.Equal(LinkState.Proven, _kit.Verify(good).State);
    }

    [Fact]
    public async Task Of_a_payload_that_was_changed_nothing_is_told()
    {
        using var key = _kit.Key();
        var envelope = await AttestationKit.AttestAsync(key);
        var changed = envelope with { Payload = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(envelope.Payload).Replace("good", "evil", StringComparison.Ordinal)) };
        var report = _kit.Verify(changed);
        Assert.Equal(("signature", LinkState.Failed, "signature_invalid"), AttestationKit.Broken(report));
        Assert.Null(report.Statement);
        Assert.Equal(("statement", LinkState.Unverifiable, "not_signed"), (report.Links[^1].Name, report.Links[^1].State, report.Links[^1].Reason));
        Assert.NotNull(_kit.Verify(envelope).Statement);
    }

    [Fact]
    public async Task The_type_of_the_payload_is_signed_and_another_is_no_statement()
    {
        using var key = _kit.Key();
        var envelope = await AttestationKit.AttestAsync(key);
        var relabelled = _kit.Verify(envelope with { PayloadType = "application/json" });
        Assert.Equal(["signature_invalid", "payload_type_unsupported", "not_signed"], relabelled.Links.Skip(1).Select(link => link.Reason));

        // Signed by us under another type: it holds, and is no statement.
        var other = AttestationKit.Sign(key, "application/json", envelope.Payload);
        Assert.Equal(("payload_type", LinkState.Failed, "payload_type_unsupported"), AttestationKit.Broken(_kit.Verify(other)));
        var back = _kit.Verify(other with { PayloadType = Statement.PayloadType });
        Assert.Equal(("signature", LinkState.Failed, "signature_invalid"), AttestationKit.Broken(back));
        Assert.Equal(LinkState.Proven, _kit.Verify(envelope).State);
    }

    [Fact]
    public async Task Another_key_of_ours_under_its_name_or_anothers_under_ours_proves_nothing()
    {
        using var key = _kit.Key();
        using var other = _kit.Key();
        using var stranger = SigningKey.Generate(Algorithm.Find("ES256")!, 0);
        var envelope = await AttestationKit.AttestAsync(key);
        Assert.Equal(LinkState.Proven, _kit.Verify(envelope).State);

        Assert.Equal(("signature", LinkState.Failed, "signature_invalid"), AttestationKit.Broken(_kit.Verify(Named(envelope, other.KeyId))));
        Assert.Equal(("signature", LinkState.Failed, "signature_invalid"), AttestationKit.Broken(_kit.Verify(Named(await AttestationKit.AttestAsync(stranger), key.KeyId))));
        Assert.Equal(("signature", LinkState.Unverifiable, "key_not_archived"), AttestationKit.Broken(_kit.Verify(await AttestationKit.AttestAsync(stranger))));
        Assert.Equal(("signature", LinkState.Unverifiable, "keyid_missing"), AttestationKit.Broken(_kit.Verify(Named(envelope, null))));
        Assert.Equal(("signature", LinkState.Unverifiable, "key_not_archived"), AttestationKit.Broken(_kit.Verify(Named(envelope, "../" + key.KeyId))));
    }

    [Fact]
    public async Task A_name_is_the_one_that_the_archive_has_and_not_only_its_thumbprint()
    {
        using var key = _kit.Key();
        var envelope = await AttestationKit.AttestAsync(key);
        Assert.Equal(LinkState.Proven, _kit.Verify(envelope).State);
        foreach (var name in new[] { $"spiffe://example.org/gateway#{key.KeyId}", $"#{key.KeyId}", $"{key.KeyId}#spiffe", $"{key.KeyId}#" })
            Assert.Equal(("signature", LinkState.Unverifiable, "key_not_archived"), AttestationKit.Broken(_kit.Verify(Named(envelope, name))));
    }

    [Fact]
    public async Task A_key_that_is_gone_damaged_or_was_for_something_else_proves_nothing()
    {
        using var key = _kit.Key();
        var envelope = await AttestationKit.AttestAsync(key);
        var file = Path.Combine(_kit.Folder, "keys", key.KeyId + ".json");
        var good = await File.ReadAllTextAsync(file);
        Assert.Equal(LinkState.Proven, _kit.Verify(envelope).State);

        await File.WriteAllTextAsync(file, good.Replace("\"x\":\"", "\"x\":\"A", StringComparison.Ordinal));
        Assert.Equal(("signature", LinkState.Unverifiable, "archive_damaged"), AttestationKit.Broken(_kit.Verify(envelope)));
        File.Delete(file);
        Assert.Equal(("signature", LinkState.Unverifiable, "key_not_archived"), AttestationKit.Broken(_kit.Verify(envelope)));

        using var sealing = _kit.Key(purpose: "something-else");
        Assert.Equal(("signature", LinkState.Failed, "key_purpose"), AttestationKit.Broken(_kit.Verify(await AttestationKit.AttestAsync(sealing))));
    }

    [Fact]
    public async Task One_signature_of_ours_is_enough_and_those_of_others_are_told()
    {
        using var key = _kit.Key();
        using var stranger = SigningKey.Generate(Algorithm.Find("EdDSA")!, 0);
        var (ours, theirs) = (await AttestationKit.AttestAsync(key), await AttestationKit.AttestAsync(stranger));
        var report = _kit.Verify(ours with { Signatures = [.. theirs.Signatures, new DsseSignature(null, [1, 2, 3]), .. ours.Signatures] });
        Assert.Equal((LinkState.Proven, key.KeyId), (report.State, report.KeyId));
        Assert.Contains("Other signatures, which prove nothing here: 2.", report.Links[1].Detail, StringComparison.Ordinal);

        var broken = new DsseSignature(key.KeyId, theirs.Signatures[0].Bytes);
        Assert.Equal(LinkState.Failed, _kit.Verify(ours with { Signatures = [.. theirs.Signatures, broken] }).State);
        Assert.Equal(LinkState.Unverifiable, _kit.Verify(ours with { Signatures = theirs.Signatures }).State);
    }

    [Fact]
    public async Task A_token_of_ours_is_no_attestation_and_an_attestation_no_token()
    {
        using var key = _kit.Key("EdDSA");
        var header = Encode($$"""{"alg":"EdDSA","typ":"at+jwt","kid":"{{key.KeyId}}"}""");
        var input = $"{header}.{Encode("{}")}";
        var signature = key.Sign(Encoding.ASCII.GetBytes(input));
        var token = $"{input}.{Base64Url.EncodeToString(signature)}";
        Assert.Null(JwsCheck.Check(token, JwkSet.Of(key.Public), Algorithm.All));
        Assert.Equal(("envelope", LinkState.Failed, "envelope_malformed"), AttestationKit.Broken(_kit.Verify(Encoding.ASCII.GetBytes(token))));
        foreach (var payload in new[] { Encoding.ASCII.GetBytes(input), "{}"u8.ToArray() })
        {
            var around = new DsseEnvelope(Statement.PayloadType, payload, [new DsseSignature(key.KeyId, signature)]);
            Assert.Equal(("signature", LinkState.Failed, "signature_invalid"), AttestationKit.Broken(_kit.Verify(around)));
        }

        var envelope = await AttestationKit.AttestAsync(key);
        Assert.Equal(LinkState.Proven, _kit.Verify(envelope).State);
        var asToken = $"{header}.{Base64Url.EncodeToString(envelope.Payload)}.{Base64Url.EncodeToString(envelope.Signatures[0].Bytes)}";
        Assert.Equal(TokenFault.SignatureInvalid, JwsCheck.Check(asToken, JwkSet.Of(key.Public), Algorithm.All));
        Assert.Equal(TokenFault.Malformed, JwsCheck.Check(Encoding.UTF8.GetString(envelope.ToJson()), JwkSet.Of(key.Public), Algorithm.All));

        static string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
    }

    [Fact]
    public async Task A_file_is_recognised_by_its_digest_and_not_by_its_name()
    {
        using var key = _kit.Key();
        var envelope = (await AttestationKit.AttestAsync(key)).ToJson();
        var same = new string('a', 64);
        Assert.Equal("proven", Of(new StatementSubject("app.tar", same)).Reason);
        Assert.Equal("renamed.tar is in it, as app.tar.", Of(new StatementSubject("renamed.tar", same)).Detail);
        Assert.Equal((LinkState.Failed, "subject_changed"), State(Of(new StatementSubject("app.tar", new string('b', 64)))));
        Assert.Equal((LinkState.Failed, "subject_unknown"), State(Of(new StatementSubject("other.tar", new string('b', 64)))));

        ProofLink Of(StatementSubject subject) => Assert.Single(_kit.Check.Check(envelope, [subject], null).Links, link => link.Name == "subject");
        static (LinkState State, string Reason) State(ProofLink link) => (link.State, link.Reason);
    }

    [Fact]
    public async Task The_token_that_authorised_it_is_told_from_others()
    {
        using var key = _kit.Key();
        var authorized = await AttestationKit.AttestAsync(key, AttestationKit.Statement(new TokenAuthorization(TokenAuthorization.HashOf("a.b.c"), "https://id.example", "alice", "7f3a")));
        var report = _kit.Check.Check(authorized.ToJson(), [], "a.b.c");
        Assert.Equal((LinkState.Proven, "alice", "7f3a"), (report.State, report.Statement!.Authorization!.Subject, report.Statement.Authorization.TokenId));
        Assert.Equal("good", (string?)JsonNode.Parse(authorized.Payload)!["predicate"]!["verdict"]);

        Assert.Equal(("token", LinkState.Failed, "token_mismatch"), AttestationKit.Broken(_kit.Check.Check(authorized.ToJson(), [], "a.b.d")));
        var without = await AttestationKit.AttestAsync(key);
        Assert.Equal(("token", LinkState.Failed, "authorization_missing"), AttestationKit.Broken(_kit.Check.Check(without.ToJson(), [], "a.b.c")));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("not json")]
    [InlineData("""{"_type":"https://in-toto.io/Statement/v0.1","subject":[{"digest":{"sha256":"D"}}],"predicateType":"https://a.example"}""")]
    [InlineData("""{"_type":"https://in-toto.io/Statement/v1","subject":[],"predicateType":"https://a.example"}""")]
    [InlineData("""{"_type":"https://in-toto.io/Statement/v1","subject":{},"predicateType":"https://a.example"}""")]
    [InlineData("""{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"a"}],"predicateType":"https://a.example"}""")]
    [InlineData("""{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"sha512":"D"}}],"predicateType":"https://a.example"}""")]
    [InlineData("""{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"sha256":"D"}}],"predicateType":"review"}""")]
    [InlineData("""{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"sha256":"D"}}],"predicateType":"https://a.example","predicate":"text"}""")]
    [InlineData("""{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"sha256":"D"}}],"predicateType":"https://a.example","predicateType":"https://a.example"}""")]
    [InlineData("""{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"sha256":"D"}}],"predicateType":"https://a.example","predicate":{"sallyport_authorization":{"sha256":"D"}}}""")]
    public void A_payload_that_is_no_statement_is_refused_although_it_is_signed(string payload)
    {
        using var key = _kit.Key();
        var digest = new string('0', 64);
        var report = _kit.Verify(AttestationKit.Sign(key, Statement.PayloadType, Encoding.UTF8.GetBytes(payload.Replace("\"D\"", $"\"{digest}\"", StringComparison.Ordinal))));
        Assert.Equal(("statement", LinkState.Failed, "statement_malformed"), AttestationKit.Broken(report));

        // A member that nobody here knows is passed over, and a predicate may be missing.
        var good = $$"""{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"sha256":"{{digest}}"},"uri":"x"}],"predicateType":"https://a.example","more":1}""";
        Assert.Equal(LinkState.Proven, _kit.Verify(AttestationKit.Sign(key, Statement.PayloadType, Encoding.UTF8.GetBytes(good))).State);
    }

    private static DsseEnvelope Named(DsseEnvelope envelope, string? keyId) => envelope with { Signatures = [.. envelope.Signatures.Select(signature => signature with { KeyId = keyId })] };
}

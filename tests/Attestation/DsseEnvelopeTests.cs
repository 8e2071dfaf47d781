using System.Text;
using Sallyport.Gateway.Attestation;

namespace Sallyport.Tests.Attestation;

public sealed class DsseEnvelopeTests
{
    private const string Good = """{"payload":"aGk=","payloadType":"t","signatures":[{"keyid":"k","sig":"AA=="}]}""";

    [Theory]
    [InlineData(Good)]
    [InlineData("""{"payload":"aGk","payloadType":"t","signatures":[{"keyid":"k","sig":"AA"}]}""")]
    [InlineData("""{"more":{"a":[1]},"payload":"aGk=","payloadType":"t","signatures":[{"keyid":"k","sig":"AA==","cert":""}]}""")]
    public void An_envelope_is_taken_apart_and_members_that_nobody_knows_are_passed_over(string json)
    {
        Assert.True(DsseEnvelope.TryRead(Encoding.UTF8.GetBytes(json), out var envelope, out _));
        Assert.Equal(("t", "hi"), (envelope.PayloadType, Encoding.UTF8.GetString(envelope.Payload)));
        var signature = Assert.Single(envelope.Signatures);
        Assert.Equal(("k", "00"), (signature.KeyId, Convert.ToHexString(signature.Bytes)));
        Assert.True(DsseEnvelope.TryRead(envelope.ToJson(), out var again, out _));
        Assert.Equal(envelope.Payload, again.Payload);
    }

    [Theory]
    [InlineData("""{"payload":"","payloadType":"t","signatures":[{"sig":""}]}""")]
    [InlineData("""{"payload":"","payloadType":"t","signatures":[{"sig":"","keyid":""}]}""")]
    [InlineData("""{"payload":"","payloadType":"t","signatures":[{"sig":"","keyid":null}]}""")]
    public void A_key_without_a_name_and_one_of_no_letters_are_the_same(string json)
    {
        Assert.True(DsseEnvelope.TryRead(Encoding.UTF8.GetBytes(json), out var envelope, out _));
        Assert.Null(envelope.Signatures[0].KeyId);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\uFEFF" + Good)]
    [InlineData(Good + Good)]
    [InlineData(Good + "//")]
    [InlineData("""{"payloadType":"t","signatures":[{"sig":"AA=="}]}""")]
    [InlineData("""{"payload":"aGk=","signatures":[{"sig":"AA=="}]}""")]
    [InlineData("""{"payload":"aGk=","payloadType":"t"}""")]
    [InlineData("""{"payload":"aGk=","payloadType":"t","signatures":[]}""")]
    [InlineData("""{"payload":"aGk=","payloadType":"t","signatures":{"sig":"AA=="}}""")]
    [InlineData("""{"payload":"aGk=","payloadType":"t","signatures":["AA=="]}""")]
    [InlineData("""{"payload":"aGk=","payloadType":"t","signatures":[{}]}""")]
    [InlineData("""{"payload":"aGk=","payloadType":"t","signatures":[{"sig":1}]}""")]
    [InlineData("""{"payload":"aGk=","payloadType":"t","signatures":[{"sig":"AA==","keyid":1}]}""")]
    [InlineData("""{"payload":"aGk=","payload":"aGk=","payloadType":"t","signatures":[{"sig":"AA=="}]}""")]
    [InlineData("""{"payload":"aGk=","p\u0061yload":"aGk=","payloadType":"t","signatures":[{"sig":"AA=="}]}""")]
    [InlineData("""{"payload":"aGk=","payloadType":"t","payloadType":"u","signatures":[{"sig":"AA=="}]}""")]
    [InlineData("""{"payload":"aGk=","payloadType":"t","signatures":[{"sig":"AA=="}],"signatures":[{"sig":"AA=="}]}""")]
    [InlineData("""{"payload":"aGk=","payloadType":"t","signatures":[{"sig":"AA==","sig":"AA=="}]}""")]
    [InlineData("""{"payload":"aGk=","payloadType":"t","signatures":[{"sig":"AA==","keyid":"a","keyid":"b"}]}""")]
    [InlineData("""{"payload":"aGk=","payloadType":"\ud800","signatures":[{"sig":"AA=="}]}""")]
    public void Anything_else_is_refused_with_a_sentence(string json)
    {
        Assert.False(DsseEnvelope.TryRead(Encoding.UTF8.GetBytes(json), out var envelope, out var problem));
        Assert.Null(envelope);
        Assert.EndsWith(".", problem, StringComparison.Ordinal);
        Assert.True(DsseEnvelope.TryRead(Encoding.UTF8.GetBytes(Good), out _, out _));
    }

    [Fact]
    public void Bounds_hold()
    {
        var spaces = new string(' ', DsseEnvelope.MaxBytes - Good.Length);
        Assert.True(DsseEnvelope.TryRead(Encoding.UTF8.GetBytes(Good + spaces), out _, out _));
        Assert.False(DsseEnvelope.TryRead(Encoding.UTF8.GetBytes(Good + spaces + " "), out _, out _));
        Assert.True(DsseEnvelope.TryRead(Encoding.UTF8.GetBytes(With(DsseEnvelope.MaxSignatures)), out _, out _));
        Assert.False(DsseEnvelope.TryRead(Encoding.UTF8.GetBytes(With(DsseEnvelope.MaxSignatures + 1)), out _, out _));
        Assert.False(DsseEnvelope.TryRead(Encoding.UTF8.GetBytes(new string('[', 100_000)), out _, out _));
        Assert.False(DsseEnvelope.TryRead("{\"payload\":\"\",\"payloadType\":\"\xff\",\"signatures\":[{\"sig\":\"\"}]}"u8.ToArray().AsSpan()[..^1], out _, out _));

        static string With(int signatures) => $$"""{"payload":"","payloadType":"t","signatures":[{{string.Join(',', Enumerable.Repeat("""{"sig":""}""", signatures))}}]}""";
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("+/+/", "FBFFBF")]
    [InlineData("-_-_", "FBFFBF")]
    [InlineData("AA==", "00")]
    [InlineData("AA", "00")]
    [InlineData("-w==", "FB")]
    public void Base64_of_either_alphabet_is_read(string text, string bytes)
    {
        Assert.True(EitherBase64.TryDecode(text, out var decoded));
        Assert.Equal(bytes, Convert.ToHexString(decoded));
    }

    [Theory]
    [InlineData("+_+_")]
    [InlineData("AA=")]
    [InlineData("AA===")]
    [InlineData("AAAA====")]
    [InlineData("A===")]
    [InlineData("A")]
    [InlineData("AB==")]
    [InlineData("AAB=")]
    [InlineData("AA==AA==")]
    [InlineData("=")]
    [InlineData("====")]
    [InlineData(" AAAA")]
    [InlineData("AAAA\n")]
    [InlineData("AA A")]
    [InlineData("Aé==")]
    public void Of_base64_there_is_no_other_spelling(string text) => Assert.False(EitherBase64.TryDecode(text, out _));

    [Fact]
    public void Random_bytes_and_random_changes_never_do_harm()
    {
        var random = new Random(7);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = i % 2 == 0 ? new byte[random.Next(200)] : Encoding.UTF8.GetBytes(Good);
            if (i % 2 == 0) random.NextBytes(bytes);
            else for (var changes = random.Next(1, 4); changes > 0; changes--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            DsseEnvelope.TryRead(bytes, out _, out _);
            Statement.Read(bytes);
            Predicate.TryRead(bytes, out _, out _);
        }
    }
}

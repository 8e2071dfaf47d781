using System.Text;
using Sallyport.Gateway.Tokens;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Tokens;

public sealed class CompactJwsTests
{
    private const int Long = 8192;
    private static readonly string Header = TokenForge.Encode("""{"alg":"ES256"}""");

    // Parsing does not verify: any 64 bytes will do for a signature.
    private static readonly string Signature = new('A', 86);
    private static readonly string Sound = $"{Header}.Zm9v.{Signature}";

    [Fact]
    public void Parts_are_decoded_and_the_signing_input_is_the_text_before_the_last_dot()
    {
        Assert.Null(Fault(Sound, out var jws));
        Assert.Equal("ES256", jws!.Header.AlgorithmName);
        Assert.Equal("foo", Encoding.ASCII.GetString(jws.Payload.Span));
        Assert.Equal($"{Header}.Zm9v", Encoding.ASCII.GetString(jws.SigningInput));
        Assert.Equal(new byte[64], jws.Signature.ToArray());
    }

    [Fact]
    public void Payload_may_be_any_bytes()
    {
        Assert.Null(Fault($"{Header}._w.{Signature}", out var jws));
        Assert.Equal([0xff], jws!.Payload.ToArray());
    }

    [Fact]
    [Trait("Acceptance", "D16")]
    public void Other_forms_than_three_canonical_parts_are_refused()
    {
        Assert.Null(Fault(Sound, out _));
        string[] malformed =
        [
            "", ".", "..", "...", Header, $"{Header}.Zm9v", $".Zm9v.{Signature}", $"{Header}.Zm9v.",
            $"{Sound}.", $".{Sound}", $"{Sound}.Zm9v", $"{Header}...{Signature}",
            $" {Sound}", $"{Sound} ", $"{Sound}\n", $"{Header}.Zm 9v.{Signature}", $"{Header}\t.Zm9v.{Signature}",
            Sound.Replace(".", "%2E"), Sound.Replace(".", "%2e"), Sound.Replace('.', '\u3002'), Sound.Replace('.', '\uff0e'),
            $"{Header}=.Zm9v.{Signature}", $"{Header}.Zm8=.{Signature}", $"{Header}.Zm9v.{Signature}==",
            $"{Header}.Zm9.{Signature}", $"{Header}.Zm9vY.{Signature}", $"{Header}.Zm9v.{Signature[..^1]}B", $"{Header}.Zm9v.{Signature[..^1]}",
            $"{Header}.Zm+v.{Signature}", $"{Header}.Zm/v.{Signature}", $"{Header}.Zm9\u00e9.{Signature}", $"{Header}.Zm9\0.{Signature}",
            $"Bearer {Sound}", $"\"{Sound}\"", $"\ufeff{Sound}",
            $$"""{"protected":"{{Header}}","payload":"Zm9v","signature":"{{Signature}}"}""",
            Convert.ToBase64String(Encoding.ASCII.GetBytes(Sound)),
        ];
        Assert.All(malformed, token => Assert.Equal(TokenFault.Malformed, Fault(token, out _)));
    }

    [Theory]
    [Trait("Acceptance", "D16")]
    [InlineData("""{"alg":"dir","enc":"A256GCM"}""", "..Zm9v.Zm9v.Zm9v", "token_encrypted")]
    [InlineData("""{"alg":"RSA-OAEP","enc":"A256GCM"}""", ".Zm9v.Zm9v.Zm9v.Zm9v", "token_encrypted")]
    [InlineData("""{"alg":"ES256","enc":"A256GCM"}""", ".Zm9v.Zm9v", "token_encrypted")]
    [InlineData("""{"alg":"none"}""", ".Zm9v.", "algorithm_none")]
    [InlineData("""{"alg":"None"}""", ".Zm9v.Zm9v", "algorithm_none")]
    [InlineData("""{"alg":"ES256","cty":"JWT"}""", ".Zm9v.Zm9v", "token_nested")]
    [InlineData("""{"alg":"ES256","crit":["exp"]}""", ".Zm9v.Zm9v", "crit_unknown")]
    [InlineData("""{"alg":"ES256" """, ".Zm9v.Zm9v", "header_invalid")]
    public void Header_decides_which_fault_it_is(string header, string rest, string code)
    {
        Assert.Null(Fault(Sound, out _));
        Assert.Equal(code, Fault(TokenForge.Encode(header) + rest, out _)?.Code);
    }

    [Fact]
    public void Length_is_checked_before_anything_else()
    {
        Assert.True(CompactJws.TryParse(Sound, Sound.Length, out _, out _));
        Assert.False(CompactJws.TryParse(Sound, Sound.Length - 1, out _, out var fault));
        Assert.Equal(TokenFault.TooLong, fault);
        Assert.False(CompactJws.TryParse(new string('.', Long + 1), Long, out _, out fault));
        Assert.Equal(TokenFault.TooLong, fault);
    }

    [Fact]
    public void Header_over_its_limit_is_refused_and_one_with_certificates_is_not()
    {
        var large = TokenForge.Encode($$"""{"alg":"ES256","x5c":["{{new string('A', 6000)}}"]}""");
        Assert.Null(Fault($"{large}.Zm9v.{Signature}", out _, 16384));
        var larger = TokenForge.Encode($$"""{"alg":"ES256","x5c":["{{new string('A', 9000)}}"]}""");
        Assert.Equal(TokenFault.HeaderInvalid, Fault($"{larger}.Zm9v.{Signature}", out _, 16384));
    }

    [Fact]
    public void Damaged_tokens_are_faults_and_never_exceptions()
    {
        var random = new Random(7517);
        for (var round = 0; round < 5000; round++)
        {
            var token = Mutation.OfText(random, Sound);
            if (Fault(token, out var jws) is null)
                Assert.StartsWith(Encoding.ASCII.GetString(jws!.SigningInput), token, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Random_text_is_a_fault()
    {
        var random = new Random(7518);
        for (var round = 0; round < 5000; round++)
        {
            var characters = new char[random.Next(0, 200)];
            for (var i = 0; i < characters.Length; i++)
                characters[i] = random.Next(8) == 0 ? '.' : (char)random.Next(round % 2 == 0 ? 0x7f : 0x10000);
            Assert.NotNull(Fault(new string(characters), out _));
        }
    }

    private static TokenFault? Fault(string token, out CompactJws? jws, int maxBytes = Long)
    {
        var parsed = CompactJws.TryParse(token, maxBytes, out jws, out var fault);
        Assert.Equal(parsed, jws is not null);
        Assert.Equal(parsed, fault is null);
        return fault;
    }
}

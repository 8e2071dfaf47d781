using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway.Identity;

/// <summary>Writes an <see cref="Endorsement"/>, signed with the key of an SVID.</summary>
internal static class EndorsementWriter
{
    // Base64url follows: what HTML would need escaped is written as it is, "+jws" too.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The end of what this SVID can say of a key, in whole seconds.</summary>
    public static DateTimeOffset EndOf(X509Svid svid, DateTimeOffset keyEnd) => Seconds(svid.NotAfter < keyEnd ? svid.NotAfter : keyEnd);

    /// <param name="svid">Who vouches.</param>
    /// <param name="issuer">The <c>iss</c> of the tokens.</param>
    /// <param name="key">The public key.</param>
    /// <param name="keyId">Its <c>kid</c>.</param>
    /// <param name="now">From when on.</param>
    /// <param name="keyEnd">Until when at most.</param>
    /// <returns>A compact JWS; null where it would be longer than any may be, because the chain is.</returns>
    public static string? Write(X509Svid svid, string issuer, Jwk key, string keyId, DateTimeOffset now, DateTimeOffset keyEnd)
    {
        // By another clock the SVID may begin a moment later than now; what it says before its time would not count.
        var from = Seconds(now > svid.NotBefore ? now : svid.NotBefore).ToUnixTimeSeconds();
        var header = Encode(writer =>
        {
            writer.WriteString("alg", svid.Algorithm.Name);
            writer.WriteString("typ", Endorsement.Type);
            writer.WriteStartArray("x5c");
            foreach (var certificate in svid.Chain) writer.WriteStringValue(Convert.ToBase64String(certificate));
            writer.WriteEndArray();
        });
        var payload = Encode(writer =>
        {
            writer.WriteString("iss", issuer);
            writer.WriteString("sub", svid.Id.ToString());
            writer.WriteString("kid", keyId);
            writer.WriteString("jkt", key.Thumbprint);
            writer.WriteString("purpose", Endorsement.TokenSigning);
            writer.WriteNumber("nbf", from);
            writer.WriteNumber("exp", EndOf(svid, keyEnd).ToUnixTimeSeconds());
            writer.WriteNumber("iat", from);
        });
        var signed = $"{header}.{payload}";
        var text = $"{signed}.{Base64Url.EncodeToString(svid.Sign(Encoding.ASCII.GetBytes(signed)))}";
        return text.Length <= Endorsement.MaxLength ? text : null;
    }

    private static DateTimeOffset Seconds(DateTimeOffset time) => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds());

    private static string Encode(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Plain))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return Base64Url.EncodeToString(buffer.WrittenSpan);
    }
}

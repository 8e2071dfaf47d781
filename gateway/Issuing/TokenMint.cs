using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Sallyport.Gateway.Audit;
using Sallyport.Gateway.Identity;
using Sallyport.Gateway.Keys;
using Sallyport.Gateway.Telemetry;

namespace Sallyport.Gateway.Issuing;

/// <summary>Signs tokens with the active key of the ring. The one place that does.</summary>
internal sealed class TokenMint(IssuerOptions options, OwnKeys keys, TimeProvider clock, GatewayMetrics metrics, AuditTrail audit, OwnIdentity? identity = null)
{
    // Base64url follows: what HTML would need escaped is written as it is, "at+jwt" too.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes and signs one token. Times are whole seconds, as JSON integers (RFC 7519 section 2).</summary>
    /// <exception cref="SigningUnavailableException">No key, one that is at its end, or one that does not answer.</exception>
    /// <exception cref="AuditUnavailableException">It cannot be recorded, so there is no token.</exception>
    public async ValueTask<MintedToken> MintAsync(MintRequest request, CancellationToken cancellation)
    {
        var active = keys.Current?.Active ?? throw new SigningUnavailableException(keys.Current?.Problem ?? "no signing key yet");
        var now = DateTimeOffset.FromUnixTimeSeconds(clock.GetUtcNow().ToUnixTimeSeconds());
        var expires = Earliest(now + request.Lifetime, active.NotAfter, request.NotAfter ?? DateTimeOffset.MaxValue);
        if (expires <= now) throw new SigningUnavailableException("the signing key is at its end");

        var tokenId = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));
        var header = Encode(writer =>
        {
            writer.WriteString("alg", active.Key.Algorithm.Name);
            writer.WriteString("typ", request.Type);
            writer.WriteString("kid", active.Key.KeyId);
            if (active.Key.CertificateChain.Count > 0) WriteAll(writer, "x5c", active.Key.CertificateChain);
        });
        var payload = Encode(writer =>
        {
            writer.WriteString("iss", options.Issuer);
            writer.WriteString("sub", request.Subject);
            WriteAudiences(writer, request.Audiences);
            writer.WriteNumber("iat", now.ToUnixTimeSeconds());
            writer.WriteNumber("exp", expires.ToUnixTimeSeconds());
            writer.WriteString("jti", tokenId);
            request.WriteClaims?.Invoke(writer);
        });
        var signed = $"{header}.{payload}";
        var started = Stopwatch.GetTimestamp();
        var signature = await SignAsync(active.Key, signed, cancellation);
        metrics.Signed(active.Key.Algorithm.Name, Stopwatch.GetElapsedTime(started));
        var text = $"{signed}.{Base64Url.EncodeToString(signature)}";
        var record = new AuditRecord
        {
            Event = AuditEvent.TokenMinted,
            Time = now,
            Actor = request.Actor,
            KeyId = active.Key.KeyId,
            TokenId = tokenId,
            Hash = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(text))),
            Subject = request.Subject,
            Audiences = request.Audiences,
            Reason = request.Purpose,
            Expires = expires,
            SpiffeId = identity?.Current?.Svid.Id.ToString(),
        };
        await audit.RecordAsync(record, cancellation);
        metrics.TokenIssued(request.Purpose, "issued");
        return new MintedToken(text, tokenId, active.Key.KeyId, now, expires);
    }

    // Whole seconds, downwards: a token never outlives what bounds it.
    private static DateTimeOffset Earliest(params ReadOnlySpan<DateTimeOffset> moments)
    {
        var earliest = moments[0];
        foreach (var moment in moments) earliest = moment < earliest ? moment : earliest;
        return DateTimeOffset.FromUnixTimeSeconds(earliest.ToUnixTimeSeconds());
    }

    private static void WriteAudiences(Utf8JsonWriter writer, IReadOnlyList<string> audiences)
    {
        if (audiences.Count == 1)
        {
            writer.WriteString("aud", audiences[0]);
            return;
        }

        WriteAll(writer, "aud", audiences);
    }

    private static void WriteAll(Utf8JsonWriter writer, string name, IReadOnlyList<string> values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values) writer.WriteStringValue(value);
        writer.WriteEndArray();
    }

    private static async ValueTask<byte[]> SignAsync(ITokenSigner key, string text, CancellationToken cancellation)
    {
        try
        {
            return await key.SignAsync(Encoding.ASCII.GetBytes(text), cancellation);
        }
        catch (SigningFailedException e)
        {
            throw new SigningUnavailableException(e.Message);
        }
    }

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

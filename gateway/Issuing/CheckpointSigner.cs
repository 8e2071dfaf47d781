using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Sallyport.Gateway.Audit;
using Sallyport.Gateway.Keys;

namespace Sallyport.Gateway.Issuing;

/// <summary>Signs checkpoints of the audit trail with the active key of the ring, as tokens are.</summary>
internal sealed class CheckpointSigner(OwnKeys keys, TimeProvider clock) : ICheckpointSigner
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public string? KeyId => Active?.Key.KeyId;

    private ActiveKey? Active => keys.Current?.Active is { } active && active.NotAfter > clock.GetUtcNow() ? active : null;

    public async ValueTask<string?> SignAsync(string type, ReadOnlyMemory<byte> payload, CancellationToken cancellation)
    {
        if (Active is not { Key: var key }) return null;
        var header = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(header, Plain))
        {
            writer.WriteStartObject();
            writer.WriteString("alg", key.Algorithm.Name);
            writer.WriteString("typ", type);
            writer.WriteString("kid", key.KeyId);
            if (key.CertificateChain.Count > 0)
            {
                writer.WriteStartArray("x5c");
                foreach (var certificate in key.CertificateChain) writer.WriteStringValue(certificate);
                writer.WriteEndArray();
            }

            writer.WriteEndObject();
        }

        var signed = $"{Base64Url.EncodeToString(header.WrittenSpan)}.{Base64Url.EncodeToString(payload.Span)}";
        try
        {
            return $"{signed}.{Base64Url.EncodeToString(await key.SignAsync(Encoding.ASCII.GetBytes(signed), cancellation))}";
        }
        catch (SigningFailedException)
        {
            return null;
        }
    }
}

using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace Sallyport.Gateway.Attestation;

/// <summary>A payload with signatures over it and its type: the JSON envelope of DSSE 1.0.0, taken apart but not yet believed.</summary>
internal sealed record DsseEnvelope(string PayloadType, byte[] Payload, IReadOnlyList<DsseSignature> Signatures)
{
    /// <summary>No envelope is longer.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    public const int MaxSignatures = 32;

    private const int MaxTypeChars = 1024;
    private const int MaxKeyIdChars = 4096;
    private const int MaxSignatureBytes = 4096;
    private const int MaxChain = 8;
    private const int MaxCertificateBytes = 32 * 1024;

    // Members that it does not know are ignored, as DSSE demands; a name twice is not.
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 32, AllowDuplicateProperties = false };
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="utf8">Of any origin.</param>
    /// <param name="envelope">What it says.</param>
    /// <param name="problem">A sentence, which repeats nothing of the input.</param>
    public static bool TryRead(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out DsseEnvelope? envelope, [NotNullWhen(false)] out string? problem)
    {
        envelope = null;
        try
        {
            problem = utf8.Length > MaxBytes ? $"It is longer than {MaxBytes} bytes."
                : !Utf8.IsValid(utf8) ? "It is not UTF-8."
                : Read(JsonElement.Parse(utf8, Strict), out envelope);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            problem = "It is not JSON, has a name twice in one object, or is nested too deep.";
        }

        return envelope is not null && problem is null;
    }

    /// <summary>Standard base64, on one line without a line end.</summary>
    public byte[] ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>(Payload.Length * 2);
        using (var writer = new Utf8JsonWriter(buffer, Plain))
        {
            writer.WriteStartObject();
            writer.WriteString("payloadType", PayloadType);
            writer.WriteBase64String("payload", Payload);
            writer.WriteStartArray("signatures");
            foreach (var signature in Signatures)
            {
                writer.WriteStartObject();
                if (signature.KeyId is not null) writer.WriteString("keyid", signature.KeyId);
                writer.WriteBase64String("sig", signature.Bytes);
                if (signature.Chain.Count > 0)
                {
                    writer.WriteStartArray("x5c");
                    foreach (var certificate in signature.Chain) writer.WriteBase64StringValue(certificate);
                    writer.WriteEndArray();
                }

                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static string? Read(JsonElement root, out DsseEnvelope? envelope)
    {
        envelope = null;
        if (root.ValueKind != JsonValueKind.Object) return "It is no JSON object.";
        if (Text(root, "payloadType") is not { Length: <= MaxTypeChars } type) return "payloadType is no string, or longer than a type.";
        if (Text(root, "payload") is not { } payload || !EitherBase64.TryDecode(payload, out var body)) return "payload is not base64.";
        if (!root.TryGetProperty("signatures", out var written) || written.ValueKind != JsonValueKind.Array || written.GetArrayLength() is 0 or > MaxSignatures)
            return $"signatures is no array of 1 to {MaxSignatures}.";

        var signatures = new List<DsseSignature>();
        foreach (var entry in written.EnumerateArray())
        {
            if (entry.ValueKind != JsonValueKind.Object) return "A signature is no object.";
            if (Text(entry, "sig") is not { } sig || !EitherBase64.TryDecode(sig, out var bytes) || bytes.Length > MaxSignatureBytes) return "The sig of a signature is not base64, or longer than a signature.";
            var hasKeyId = entry.TryGetProperty("keyid", out var keyId) && keyId.ValueKind != JsonValueKind.Null;
            if (hasKeyId && (keyId.ValueKind != JsonValueKind.String || keyId.GetString()!.Length > MaxKeyIdChars)) return "The keyid of a signature is no string, or longer than a name.";
            if (Chain(entry) is not { } chain) return "The x5c of a signature is no list of certificates.";
            signatures.Add(new DsseSignature(hasKeyId && keyId.GetString() is { Length: > 0 } named ? named : null, bytes, chain));
        }

        envelope = new DsseEnvelope(type, body, signatures);
        return null;
    }

    private static List<byte[]>? Chain(JsonElement entry)
    {
        if (!entry.TryGetProperty("x5c", out var written)) return [];
        if (written.ValueKind != JsonValueKind.Array || written.GetArrayLength() > MaxChain) return null;
        var chain = new List<byte[]>();
        foreach (var certificate in written.EnumerateArray())
        {
            // Standard base64, in its one spelling.
            if (certificate.ValueKind != JsonValueKind.String || !certificate.TryGetBytesFromBase64(out var der) || der.Length is 0 or > MaxCertificateBytes) return null;
            if (Convert.ToBase64String(der) != certificate.GetString()) return null;
            chain.Add(der);
        }

        return chain;
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

using Microsoft.Extensions.Logging.Abstractions;
using Sallyport.Gateway.Attestation;
using Sallyport.Gateway.Audit;
using Sallyport.Gateway.Keys;
using Sallyport.Gateway.Tokens;
using Sallyport.Tests.Keys;

namespace Sallyport.Tests.Attestation;

/// <summary>An archive in a folder of its own, with keys in it that attest.</summary>
internal sealed class AttestationKit : IDisposable
{
    public const string PredicateType = "https://example.com/review/v1";

    public string Folder { get; } = Directory.CreateTempSubdirectory("sallyport-attest-").FullName;

    public KeyArchive Archive => new(Path.Combine(Folder, "keys"));

    public AttestationCheck Check => new(Archive);

    /// <summary>A new key, which the archive holds.</summary>
    public SigningKey Key(string algorithm = "ES256", string purpose = KeySealing.TokenSigning)
    {
        var key = SigningKey.Generate(Algorithm.Find(algorithm)!, 2048);
        Archive.Keep(key.KeyId, new ArchivedKey(RingKit.Issuer, purpose, key.Public, RingKit.Start, RingKit.Start.AddDays(1)).ToJson());
        return key;
    }

    public static Predicate Predicate(string json = """{"verdict":"good"}""")
    {
        Assert.True(Gateway.Attestation.Predicate.TryRead(System.Text.Encoding.UTF8.GetBytes(json), out var predicate, out var problem), problem);
        return predicate;
    }

    public static Statement Statement(TokenAuthorization? authorization = null) => new(PredicateType, [new StatementSubject("app.tar", new string('a', 64))], authorization);

    /// <summary>An envelope as <c>attest</c> writes it.</summary>
    public static async Task<DsseEnvelope> AttestAsync(ITokenSigner key, Statement? statement = null, Predicate? predicate = null) =>
        await new Attestor(key, new AuditTrail(NullLogger<AuditTrail>.Instance), TimeProvider.System).AttestAsync(statement ?? Statement(), predicate ?? Predicate(), "test", default);

    /// <summary>The envelope of any payload and type, signed by this key.</summary>
    public static DsseEnvelope Sign(SigningKey key, string payloadType, byte[] payload, string? keyId = null) =>
        new(payloadType, payload, [new DsseSignature(keyId ?? key.KeyId, SignatureForm.Write(key.Algorithm, key.Sign(PreAuthEncoding.Of(payloadType, payload))))]);

    public AttestationReport Verify(DsseEnvelope envelope) => Verify(envelope.ToJson());

    public AttestationReport Verify(byte[] envelope) => Check.Check(envelope, [], token: null);

    /// <summary>The first link that does not hold.</summary>
    public static (string Name, LinkState State, string Reason) Broken(AttestationReport report)
    {
        var link = report.Links.First(link => link.State != LinkState.Proven);
        return (link.Name, link.State, link.Reason);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}

using System.Security.Cryptography;
using Sallyport.Gateway.Identity;
using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway.Keys;

/// <summary>The key of this workload's X.509-SVID as a key that signs tokens. Its name is the SPIFFE ID, <c>#</c>, and the RFC 7638 thumbprint: who, and with which of its keys.</summary>
internal sealed class SpiffeSigner : ITokenSigner
{
    // Of the header's 8 KiB, with room for its other members.
    private const int MostChainCharacters = JoseHeader.MaxBytes - 1024;

    private readonly X509Svid _svid;

    private SpiffeSigner(X509Svid svid, string keyId, IReadOnlyList<string> chain) =>
        (_svid, Public, CertificateChain) = (svid, new Jwk(svid.Public.Material, keyId, svid.Algorithm), chain);

    public string KeyId => Public.KeyId!;

    public Algorithm Algorithm => _svid.Algorithm;

    public Jwk Public { get; }

    public IReadOnlyList<string> CertificateChain { get; }

    /// <summary>Until when its certificate holds.</summary>
    public DateTimeOffset NotAfter => _svid.NotAfter;

    /// <summary>The <c>kid</c> of what an SVID signs.</summary>
    public static string NameOf(X509Svid svid) => $"{svid.Id}#{svid.Public.Thumbprint}";

    /// <summary>The signer of an SVID, or why verifiers would not take what it signs, as a clause.</summary>
    public static SpiffeSigner? Of(X509Svid svid, out string? problem)
    {
        var name = NameOf(svid);
        string[] chain = [.. svid.Chain.Select(Convert.ToBase64String)];
        problem = name.Length > JoseHeader.MaxKeyIdLength ? $"with its thumbprint its SPIFFE ID is a kid of {name.Length} characters, and verifiers take {JoseHeader.MaxKeyIdLength}"
            : chain.Sum(certificate => certificate.Length) > MostChainCharacters ? "its certificates are too long for the header of a token"
            : null;
        return problem is null ? new SpiffeSigner(svid, name, chain) : null;
    }

    public ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> signingInput, CancellationToken cancellation)
    {
        try
        {
            return ValueTask.FromResult(_svid.Sign(signingInput.Span));
        }
        catch (Exception e) when (e is CryptographicException or ObjectDisposedException)
        {
            return ValueTask.FromException<byte[]>(new SigningFailedException("the key of the SVID cannot be used", e));
        }
    }

    public void Dispose()
    {
        // The SVID is its source's: it may endorse and authenticate elsewhere.
    }

    /// <summary>Name and algorithm only.</summary>
    public override string ToString() => $"{KeyId} {Algorithm}";
}

using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway.Identity;

/// <summary>An X.509-SVID with its private key, checked when it was made. Signs from any number of threads.</summary>
internal sealed class X509Svid : IDisposable
{
    private readonly byte[] _secret;

    // .NET does not promise that one of them serves two threads; as many are made as ever sign at once.
    private readonly ConcurrentBag<AsymmetricAlgorithm> _idle = [];
    private volatile bool _isDisposed;

    private X509Svid(SpiffeId id, IReadOnlyList<byte[]> chain, X509Certificate2 leaf, Jwk key, byte[] secret)
    {
        (Id, Chain, Public, _secret) = (id, chain, key, secret);
        (NotBefore, NotAfter) = (new DateTimeOffset(leaf.NotBefore.ToUniversalTime()), new DateTimeOffset(leaf.NotAfter.ToUniversalTime()));
    }

    /// <summary>Whom it names.</summary>
    public SpiffeId Id { get; }

    /// <summary>DER: the leaf, then what stands between it and the bundle.</summary>
    public IReadOnlyList<byte[]> Chain { get; }

    public DateTimeOffset NotBefore { get; }

    public DateTimeOffset NotAfter { get; }

    /// <summary>What the key signs with: ES256, ES384 or ES512 by its curve, RS256 for RSA.</summary>
    public Algorithm Algorithm => Public.Algorithm!;

    /// <summary>The leaf's public key; its <c>kid</c> is its RFC 7638 thumbprint.</summary>
    public Jwk Public { get; }

    /// <summary>SHA-256 of the leaf, base64url: tells one SVID from the next, also where both are of one key.</summary>
    public string CertificateHash => System.Buffers.Text.Base64Url.EncodeToString(SHA256.HashData(Chain[0]));

    /// <summary>Takes an SVID that <see cref="SvidCheck"/> accepts, with the private key that fits it.</summary>
    /// <param name="chain">DER, the leaf first.</param>
    /// <param name="pkcs8">The private key (RFC 5958), not encrypted.</param>
    /// <param name="bundles">Who vouches for it.</param>
    /// <param name="at">Now.</param>
    /// <param name="svid">Null when it is refused.</param>
    /// <param name="problem">A clause about it, or null. Never holds anything of the key.</param>
    public static bool TryCreate(
        IReadOnlyList<byte[]> chain, ReadOnlySpan<byte> pkcs8, TrustBundles bundles, DateTimeOffset at, [NotNullWhen(true)] out X509Svid? svid, [NotNullWhen(false)] out string? problem)
    {
        svid = null;
        problem = SvidCheck.Check(chain, bundles, at, out var id);
        if (problem is not null) return false;
        using var leaf = X509CertificateLoader.LoadCertificate(chain[0]);
        var key = CertificateKey.Read(leaf, out problem);
        if (key is null)
        {
            problem ??= "its key cannot be read";
            return false;
        }

        var made = new X509Svid(id!, chain, leaf, key, pkcs8.ToArray());
        problem = made.KeyProblem();
        if (problem is null) svid = made;
        else made.Dispose();
        return svid is not null;
    }

    /// <summary>The raw signature of a JWS (RFC 7515 section 5.1) over its signing input.</summary>
    public byte[] Sign(ReadOnlySpan<byte> signingInput)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (!_idle.TryTake(out var signer)) signer = Open();
        var signature = signer is RSA rsa
            ? rsa.SignData(signingInput, Algorithm.Hash, Algorithm.Padding!)
            : ((ECDsa)signer).SignData(signingInput, Algorithm.Hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        _idle.Add(signer);
        return signature;
    }

    /// <summary>For one that nobody was given. Whoever signs with the previous one may be under way when the next comes: then the runtime collects it.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        while (_idle.TryTake(out var signer)) signer.Dispose();
        CryptographicOperations.ZeroMemory(_secret);
    }

    /// <summary>Whom it names and until when.</summary>
    public override string ToString() => $"{Id} until {NotAfter:u}";

    private string? KeyProblem()
    {
        try
        {
            // Its public half could say anything: only a signature shows that the private half fits.
            var probe = RandomNumberGenerator.GetBytes(32);
            return Public.Verify(Algorithm, probe, Sign(probe)) ? null : "the private key does not fit the certificate";
        }
        catch (Exception e) when (e is CryptographicException or PlatformNotSupportedException)
        {
            return "the private key cannot be read, or is of another kind than the certificate's";
        }
    }

    private AsymmetricAlgorithm Open()
    {
        AsymmetricAlgorithm opened = Algorithm.KeyType == KeyType.Rsa ? RSA.Create() : ECDsa.Create();
        try
        {
            opened.ImportPkcs8PrivateKey(_secret, out var read);
            return read == _secret.Length ? opened : throw new CryptographicException("Data follows the key.");
        }
        catch
        {
            // A curve that this machine does not have is no CryptographicException.
            opened.Dispose();
            throw;
        }
    }
}

using System.Collections.Concurrent;
using System.Security.Cryptography;
using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway.Keys;

/// <summary>A private key of our own: RSA, EC or Ed25519 (RFC 7518 section 3, RFC 8037). Signs from any number of threads.</summary>
/// <remarks>Its name is the RFC 7638 SHA-256 thumbprint of the public half, so that every replica computes the same.</remarks>
internal sealed class SigningKey : ITokenSigner
{
    private readonly byte[] _secret;

    // .NET does not promise that one of them serves two threads; as many are made as ever sign at once.
    private readonly ConcurrentBag<AsymmetricAlgorithm> _idle = [];
    private volatile bool _isDisposed;

    private SigningKey(Algorithm algorithm, byte[] secret)
    {
        (Algorithm, _secret) = (algorithm, secret);
        var unnamed = PublicHalf();
        Public = new Jwk(unnamed.Material, unnamed.Thumbprint, algorithm);
    }

    public Algorithm Algorithm { get; }

    /// <summary>The public half, with <c>kid</c> and <c>alg</c>.</summary>
    public Jwk Public { get; }

    public string KeyId => Public.KeyId!;

    public IReadOnlyList<string> CertificateChain => [];

    /// <summary>A new key.</summary>
    /// <param name="algorithm">What it will sign with; no symmetric one.</param>
    /// <param name="rsaBits">Size of the modulus; of no meaning for other families.</param>
    /// <exception cref="CryptographicException">This machine cannot make such a key.</exception>
    public static SigningKey Generate(Algorithm algorithm, int rsaBits)
    {
        switch (algorithm.KeyType)
        {
            case KeyType.Ec:
                using (var ecdsa = ECDsa.Create(EllipticCurve.Find(algorithm.Curve)!.Parameters)) return new(algorithm, ecdsa.ExportPkcs8PrivateKey());
            case KeyType.Rsa:
                using (var rsa = RSA.Create(rsaBits)) return new(algorithm, rsa.ExportPkcs8PrivateKey());
            case KeyType.Okp:
                return new(algorithm, RandomNumberGenerator.GetBytes(Ed25519.KeyBytes));
            default:
                throw new CryptographicException($"{algorithm} is no algorithm to sign for others with.");
        }
    }

    /// <summary>Reads what <see cref="Export"/> wrote.</summary>
    /// <exception cref="CryptographicException">The bytes are no key of this algorithm.</exception>
    public static SigningKey Import(Algorithm algorithm, ReadOnlySpan<byte> secret) => new(algorithm, secret.ToArray());

    /// <summary>The private key: PKCS #8 (RFC 5958), or the 32 bytes of an Ed25519 seed. Whoever asks zeroes it.</summary>
    public byte[] Export() => (byte[])_secret.Clone();

    /// <summary>The raw signature of a JWS (RFC 7515 section 5.1) over its signing input.</summary>
    public byte[] Sign(ReadOnlySpan<byte> signingInput)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (Algorithm.KeyType == KeyType.Okp) return Ed25519.Sign(_secret, signingInput);
        if (!_idle.TryTake(out var signer)) signer = Open();
        var signature = signer is RSA rsa
            ? rsa.SignData(signingInput, Algorithm.Hash, Algorithm.Padding!)
            : ((ECDsa)signer).SignData(signingInput, Algorithm.Hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        _idle.Add(signer);
        return signature;
    }

    public ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> signingInput, CancellationToken cancellation) => ValueTask.FromResult(Sign(signingInput.Span));

    public void Dispose()
    {
        _isDisposed = true;
        while (_idle.TryTake(out var signer)) signer.Dispose();
        CryptographicOperations.ZeroMemory(_secret);
    }

    /// <summary>Name and algorithm only.</summary>
    public override string ToString() => $"{KeyId} {Algorithm}";

    private Jwk PublicHalf()
    {
        if (Algorithm.KeyType == KeyType.Okp)
            return _secret.Length == Ed25519.KeyBytes ? Jwk.FromEd25519(Ed25519.GetPublicKey(_secret)) : throw new CryptographicException("An Ed25519 key has 32 bytes.");
        var signer = Open();
        _idle.Add(signer);
        return signer is RSA rsa
            ? Jwk.FromRsa(rsa.ExportParameters(includePrivateParameters: false))
            : Jwk.FromEc(((ECDsa)signer).ExportParameters(includePrivateParameters: false));
    }

    private AsymmetricAlgorithm Open()
    {
        AsymmetricAlgorithm opened = Algorithm.KeyType == KeyType.Rsa ? RSA.Create() : ECDsa.Create();
        opened.ImportPkcs8PrivateKey(_secret, out _);
        return opened;
    }
}

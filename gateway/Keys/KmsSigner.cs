using System.Security.Cryptography;
using Sallyport.Gateway.Tokens;
using Algorithm = Sallyport.Gateway.Tokens.Algorithm;

namespace Sallyport.Gateway.Keys;

/// <summary>A private key that AWS KMS keeps: the hash goes there, the signature comes back, and leaves this process only if it verifies.</summary>
/// <param name="key">The public half, of the ring.</param>
/// <param name="name">The ARN.</param>
/// <param name="freshness">How old what is known of the key may become.</param>
internal sealed class KmsSigner(Jwk key, string name, KmsCalls kms, TimeSpan freshness, TimeProvider clock) : ITokenSigner
{
    private long _confirmedAt = clock.GetTimestamp();
    private volatile bool _isDoubted;
    private volatile string? _lost;

    public string KeyId => key.KeyId!;

    public Algorithm Algorithm => key.Algorithm!;

    public Jwk Public => key;

    public IReadOnlyList<string> CertificateChain => [];

    public async ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> signingInput, CancellationToken cancellation)
    {
        if (_lost is { } lost) throw new SigningFailedException(lost);
        try
        {
            var digest = CryptographicOperations.HashData(Algorithm.Hash, signingInput.Span);
            var signature = await kms.SignAsync(name, digest, KmsAlgorithms.SignatureOf(Algorithm), cancellation);
            if (Algorithm.KeyType == KeyType.Ec) EcdsaSignature.TryFromDer(signature, Algorithm.SignatureBytes, out signature);
            if (signature is not null && key.Material.Verify(Algorithm, signingInput.Span, signature)) return signature;
            _isDoubted = true;
            throw new SigningFailedException($"what AWS KMS sent is no signature of the key {KeyId}");
        }
        catch (KmsException e)
        {
            if (e.IsDefinite) _lost = e.Message;
            throw new SigningFailedException(e.Message);
        }
    }

    public async ValueTask<SignerState> CheckAsync(TimeSpan until, CancellationToken cancellation)
    {
        if (_lost is { } lost) return new(IsUsable: false, lost);
        if (!_isDoubted && clock.GetElapsedTime(Volatile.Read(ref _confirmedAt)) + until < freshness) return SignerState.Good;
        try
        {
            await KmsKeyCheck.FindAsync(kms, name, key, cancellation);
            Volatile.Write(ref _confirmedAt, clock.GetTimestamp());
            _isDoubted = false;
            return SignerState.Good;
        }
        catch (KmsException e)
        {
            if (e.IsDefinite) _lost = e.Message;
            // Whether it can still sign nobody says. KMS refuses by itself where it cannot.
            return new(!e.IsDefinite, e.Message);
        }
    }

    public void Dispose() => _lost = "the key is not in use any more";

    /// <summary>Name and algorithm only.</summary>
    public override string ToString() => $"{KeyId} {Algorithm}";
}

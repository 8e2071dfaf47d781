using System.Security.Cryptography;
using Algorithm = Sallyport.Gateway.Tokens.Algorithm;

namespace Sallyport.Gateway.Keys;

/// <summary>Keys that are made and used in this process, and lie sealed in the ring.</summary>
internal sealed class LocalKeyMaker(KeySealing sealing, KeyRingOptions options) : IKeyMaker
{
    public ValueTask<MadeKey> MakeAsync(Algorithm algorithm, CancellationToken cancellation)
    {
        using var key = SigningKey.Generate(algorithm, options.RsaBits);
        var secret = key.Export();
        var made = new MadeKey(key.Public, sealing.Seal(key.KeyId, secret));
        CryptographicOperations.ZeroMemory(secret);
        return ValueTask.FromResult(made);
    }

    public ValueTask<(ITokenSigner? Signer, string? Problem)> OpenAsync(RingKey key, CancellationToken cancellation) =>
        ValueTask.FromResult<(ITokenSigner?, string?)>((TryOpen(key, out var problem), problem));

    public string? Reseal(RingKey key, out ReadOnlyMemory<byte> resealed)
    {
        resealed = default;
        if (!sealing.TryOpen(key.KeyId, key.Sealed.Span, out var secret, out var problem)) return problem;
        resealed = sealing.Seal(key.KeyId, secret);
        CryptographicOperations.ZeroMemory(secret);
        return null;
    }

    private SigningKey? TryOpen(RingKey key, out string? problem)
    {
        if (!sealing.TryOpen(key.KeyId, key.Sealed.Span, out var secret, out problem)) return null;
        try
        {
            var opened = SigningKey.Import(key.Algorithm, secret);
            if (opened.KeyId == key.KeyId) return opened;
            opened.Dispose();
            problem = "it is the private half of another key";
        }
        catch (CryptographicException)
        {
            problem = "it is no key of its algorithm";
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }

        return null;
    }
}

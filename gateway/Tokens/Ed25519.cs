using System.Security.Cryptography;

namespace Sallyport.Gateway.Tokens;

/// <summary>
/// Ed25519 (RFC 8032, section 5.1) by libcrypto: public keys and seeds of 32 bytes, signatures of 64. .NET 10 has none of
/// its own.
/// </summary>
internal static class Ed25519
{
    public const int KeyBytes = 32;
    public const int SignatureBytes = 64;

    /// <summary>Whether libcrypto is there; without it every call below throws.</summary>
    public static bool IsSupported => LibCrypto.IsLoaded;

    /// <summary>A handle for many verifications, also at once from several threads.</summary>
    /// <exception cref="CryptographicException">Not 32 bytes, or libcrypto refuses them.</exception>
    public static EvpKey OpenPublicKey(ReadOnlySpan<byte> publicKey)
    {
        RequireLibrary();
        return Opened(LibCrypto.NewPublicKey(LibCrypto.Ed25519, 0, publicKey, (nuint)publicKey.Length));
    }

    /// <summary>False for every signature that is not the one canonical form (S below the group order included).</summary>
    public static bool Verify(EvpKey publicKey, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        RequireLibrary();
        if (signature.Length != SignatureBytes)
            return false;
        using var context = LibCrypto.NewContext();
        if (LibCrypto.VerifyInit(context, 0, 0, 0, publicKey) == 1
            && LibCrypto.Verify(context, signature, (nuint)signature.Length, data, (nuint)data.Length) == 1)
        {
            return true;
        }

        LibCrypto.ClearErrors();
        return false;
    }

    /// <summary>Verifies with a key that is used once.</summary>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        using var key = OpenPublicKey(publicKey);
        return Verify(key, data, signature);
    }

    /// <summary>Signs with a 32-byte seed, the private key of RFC 8032. Deterministic.</summary>
    public static byte[] Sign(ReadOnlySpan<byte> seed, ReadOnlySpan<byte> data)
    {
        using var key = OpenSeed(seed);
        using var context = LibCrypto.NewContext();
        var signature = new byte[SignatureBytes];
        nuint length = SignatureBytes;
        if (LibCrypto.SignInit(context, 0, 0, 0, key) != 1
            || LibCrypto.Sign(context, signature, ref length, data, (nuint)data.Length) != 1)
        {
            throw Failure();
        }

        return signature;
    }

    /// <summary>The public key of a seed.</summary>
    public static byte[] GetPublicKey(ReadOnlySpan<byte> seed)
    {
        using var key = OpenSeed(seed);
        var publicKey = new byte[KeyBytes];
        nuint length = KeyBytes;
        return LibCrypto.GetPublicKey(key, publicKey, ref length) == 1 ? publicKey : throw Failure();
    }

    private static EvpKey OpenSeed(ReadOnlySpan<byte> seed)
    {
        RequireLibrary();
        return Opened(LibCrypto.NewPrivateKey(LibCrypto.Ed25519, 0, seed, (nuint)seed.Length));
    }

    private static EvpKey Opened(EvpKey key)
    {
        if (!key.IsInvalid)
            return key;
        key.Dispose();
        throw Failure();
    }

    private static CryptographicException Failure()
    {
        LibCrypto.ClearErrors();
        return new CryptographicException("libcrypto refused an Ed25519 operation.");
    }

    private static void RequireLibrary()
    {
        if (!IsSupported)
            throw new PlatformNotSupportedException("Ed25519 needs OpenSSL's libcrypto 1.1.1 or later, and none was found.");
    }
}

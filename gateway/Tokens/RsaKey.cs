using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;

namespace Sallyport.Gateway.Tokens;

/// <summary>An RSA public key of 2048 to 8192 bits (RFC 7518, section 6.3). A signature is exactly as long as the modulus.</summary>
internal sealed class RsaKey : KeyMaterial
{
    private const int MinBits = 2048;
    private const int MaxBits = 8192;
    private const int MaxExponentBytes = 8;

    // .NET does not promise that one RSA serves two threads; as many are made as ever verify at once.
    private readonly ConcurrentBag<RSA> _idle = [];
    private readonly RSAParameters _parameters;

    private RsaKey(byte[] modulus, byte[] exponent)
        : base(KeyType.Rsa, null) =>
        _parameters = new RSAParameters { Modulus = modulus, Exponent = exponent };

    /// <summary>Checks both numbers, big-endian without leading zeros; the problem is a clause about the key.</summary>
    public static RsaKey? Create(byte[] modulus, byte[] exponent, out string? problem)
    {
        problem = Problem(modulus, exponent);
        return problem is null ? Opened(new RsaKey(modulus, exponent), out problem) : null;
    }

    public override bool Verify(Algorithm algorithm, ReadOnlySpan<byte> signingInput, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != _parameters.Modulus!.Length)
            return false;
        try
        {
            if (!_idle.TryTake(out var rsa))
                rsa = RSA.Create(_parameters);
            var valid = rsa.VerifyData(signingInput, signature, algorithm.Hash, algorithm.Padding!);
            _idle.Add(rsa);
            return valid;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    public override void WriteMembers(Utf8JsonWriter writer)
    {
        writer.WriteString("e", Base64Url.EncodeToString(_parameters.Exponent));
        writer.WriteString("kty", "RSA");
        writer.WriteString("n", Base64Url.EncodeToString(_parameters.Modulus));
    }

    // The first instance is made here, so that what this machine cannot do shows when the key is read and not on a request.
    private static RsaKey? Opened(RsaKey key, out string? problem)
    {
        try
        {
            key._idle.Add(RSA.Create(key._parameters));
            problem = null;
            return key;
        }
        catch (Exception e) when (e is CryptographicException or PlatformNotSupportedException)
        {
            problem = "the cryptography of this machine refuses it";
            return null;
        }
    }

    private static string? Problem(byte[] modulus, byte[] exponent)
    {
        if (modulus is [] or [0, ..] || exponent is [] or [0, ..])
            return "its modulus or exponent is empty or starts with a zero octet";
        var bits = (modulus.Length * 8) - (7 - (int)byte.Log2(modulus[0]));
        if (bits < MinBits)
            return "its RSA modulus is shorter than 2048 bits";
        if (bits > MaxBits)
            return "its RSA modulus is longer than 8192 bits";
        if ((modulus[^1] & 1) == 0)
            return "its RSA modulus is even";
        if (exponent.Length > MaxExponentBytes)
            return "its RSA exponent is longer than 64 bits";
        if ((exponent[^1] & 1) == 0 || exponent is [1])
            return "its RSA exponent is even or below 3";
        return RocaFingerprint.Matches(modulus) ? "its RSA modulus is one of the broken ones of CVE-2017-15361" : null;
    }
}

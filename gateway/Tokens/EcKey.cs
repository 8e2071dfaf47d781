using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;

namespace Sallyport.Gateway.Tokens;

/// <summary>A public key on a NIST curve (RFC 7518, section 6.2). Signatures are r and s side by side, of fixed length (section 3.4).</summary>
internal sealed class EcKey : KeyMaterial
{
    // .NET does not promise that one ECDsa serves two threads; as many are made as ever verify at once.
    private readonly ConcurrentBag<ECDsa> _idle = [];
    private readonly ECParameters _parameters;

    private EcKey(EllipticCurve curve, byte[] x, byte[] y)
        : base(KeyType.Ec, curve.Name) =>
        _parameters = new ECParameters { Curve = curve.Parameters, Q = { X = x, Y = y } };

    /// <summary>Checks the point; the problem is a clause about the key.</summary>
    public static EcKey? Create(EllipticCurve curve, byte[] x, byte[] y, out string? problem)
    {
        problem = null;
        if (x.Length != curve.CoordinateBytes || y.Length != curve.CoordinateBytes)
            problem = "its coordinates have a wrong length for its curve";
        else if (!curve.Holds(x, y))
            problem = "its point is not on its curve";
        return problem is null ? Opened(new EcKey(curve, x, y), out problem) : null;
    }

    public override bool Verify(Algorithm algorithm, ReadOnlySpan<byte> signingInput, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != algorithm.SignatureBytes)
            return false;
        try
        {
            if (!_idle.TryTake(out var ecdsa))
                ecdsa = ECDsa.Create(_parameters);
            var valid = ecdsa.VerifyData(signingInput, signature, algorithm.Hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
            _idle.Add(ecdsa);
            return valid;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    public override void WriteMembers(Utf8JsonWriter writer)
    {
        writer.WriteString("crv", Curve);
        writer.WriteString("kty", "EC");
        writer.WriteString("x", Base64Url.EncodeToString(_parameters.Q.X));
        writer.WriteString("y", Base64Url.EncodeToString(_parameters.Q.Y));
    }

    // The first instance is made here, so that what this machine cannot do shows when the key is read and not on a request.
    private static EcKey? Opened(EcKey key, out string? problem)
    {
        try
        {
            key._idle.Add(ECDsa.Create(key._parameters));
            problem = null;
            return key;
        }
        catch (Exception e) when (e is CryptographicException or PlatformNotSupportedException)
        {
            problem = "the cryptography of this machine refuses it";
            return null;
        }
    }
}

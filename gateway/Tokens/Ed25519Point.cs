using System.Numerics;

namespace Sallyport.Gateway.Tokens;

/// <summary>
/// Whether 32 bytes are an Ed25519 public key that somebody can hold (RFC 8032, section 5.1.3): the canonical encoding of a
/// point on the curve that is not one of the eight of small order, for which anyone can make signatures.
/// </summary>
internal static class Ed25519Point
{
    private static readonly BigInteger P = BigInteger.Pow(2, 255) - 19;
    private static readonly BigInteger D = Modulo(-121665 * BigInteger.ModPow(121666, P - 2, P));

    /// <summary>What is wrong with the encoding, or null.</summary>
    public static string? Problem(ReadOnlySpan<byte> encoded)
    {
        if (encoded.Length != Ed25519.KeyBytes)
            return "its Ed25519 public key is not 32 bytes long";
        Span<byte> bytes = stackalloc byte[Ed25519.KeyBytes];
        encoded.CopyTo(bytes);
        var signOfX = bytes[^1] >> 7;
        bytes[^1] &= 0x7f;
        var y = new BigInteger(bytes, isUnsigned: true);
        if (y >= P)
            return "its Ed25519 public key is not in canonical form";

        // -x^2 + y^2 = 1 + d x^2 y^2, solved for x^2.
        var ySquared = y * y % P;
        var xSquared = Modulo((ySquared - 1) * BigInteger.ModPow(D * ySquared + 1, P - 2, P));
        if (xSquared.IsZero)
            return signOfX == 0 ? "its Ed25519 public key is of small order" : "its Ed25519 public key is not in canonical form";
        if (!BigInteger.ModPow(xSquared, (P - 1) / 2, P).IsOne)
            return "its Ed25519 public key is not a point on the curve";

        // Order 4 has y = 0. Order 8 doubles to it, and the y of a double is 0 only where x^2 + y^2 = 0.
        return y.IsZero || Modulo(xSquared + ySquared).IsZero ? "its Ed25519 public key is of small order" : null;
    }

    private static BigInteger Modulo(BigInteger value)
    {
        var rest = value % P;
        return rest.Sign < 0 ? rest + P : rest;
    }
}

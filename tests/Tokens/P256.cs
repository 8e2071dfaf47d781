using System.Globalization;
using System.Numerics;

namespace Sallyport.Tests.Tokens;

/// <summary>The group of P-256 (FIPS 186-5, SP 800-186 section 3.2.1.3) in plain numbers, to make signatures that no signer makes. Null is infinity.</summary>
internal static class P256
{
    public static readonly BigInteger P = Hex("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff");
    public static readonly BigInteger N = Hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");

    public static readonly (BigInteger X, BigInteger Y) G = (
        Hex("6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"),
        Hex("4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"));

    private static readonly BigInteger B = Hex("5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b");

    public static BigInteger Mod(BigInteger number, BigInteger modulus) => ((number % modulus) + modulus) % modulus;

    public static BigInteger Inverse(BigInteger number, BigInteger prime) => BigInteger.ModPow(Mod(number, prime), prime - 2, prime);

    /// <summary>A point with this x, where there is one.</summary>
    public static (BigInteger X, BigInteger Y)? Lift(BigInteger x)
    {
        var square = Mod((x * x * x) - (3 * x) + B, P);
        var y = BigInteger.ModPow(square, (P + 1) / 4, P);
        return Mod(y * y, P) == square ? (x, y) : null;
    }

    public static (BigInteger X, BigInteger Y)? Add((BigInteger X, BigInteger Y)? one, (BigInteger X, BigInteger Y)? other)
    {
        if (one is not { } a) return other;
        if (other is not { } b) return one;
        if (a.X == b.X && a.Y != b.Y) return null;
        var slope = a == b ? Mod(((3 * a.X * a.X) - 3) * Inverse(2 * a.Y, P), P) : Mod((b.Y - a.Y) * Inverse(b.X - a.X, P), P);
        var x = Mod((slope * slope) - a.X - b.X, P);
        return (x, Mod((slope * (a.X - x)) - a.Y, P));
    }

    public static (BigInteger X, BigInteger Y)? Multiply((BigInteger X, BigInteger Y)? point, BigInteger times)
    {
        (BigInteger X, BigInteger Y)? sum = null;
        for (var left = Mod(times, N); left > 0; left >>= 1, point = Add(point, point))
            if (!left.IsEven)
                sum = Add(sum, point);
        return sum;
    }

    /// <summary>32 bytes, big-endian.</summary>
    public static byte[] Bytes(BigInteger number)
    {
        var bytes = new byte[32];
        var written = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        written.CopyTo(bytes, bytes.Length - written.Length);
        return bytes;
    }

    public static BigInteger Number(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    private static BigInteger Hex(string digits) => BigInteger.Parse("0" + digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}

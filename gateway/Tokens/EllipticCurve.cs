using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;

namespace Sallyport.Gateway.Tokens;

/// <summary>A NIST curve of RFC 7518, section 6.2.1.1: y^2 = x^3 - 3x + b over p (FIPS 186-4, appendix D.1.2).</summary>
internal sealed class EllipticCurve
{
    private readonly BigInteger _p;
    private readonly BigInteger _b;

    private EllipticCurve(string name, string oid, ECCurve parameters, int coordinateBytes, BigInteger p, string b)
    {
        (Name, Oid, Parameters, CoordinateBytes, _p) = (name, oid, parameters, coordinateBytes, p);
        _b = BigInteger.Parse("0" + b, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }

    public static IReadOnlyList<EllipticCurve> All { get; } =
    [
        new("P-256", "1.2.840.10045.3.1.7", ECCurve.NamedCurves.nistP256, 32, Two(256) - Two(224) + Two(192) + Two(96) - 1,
            "5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b"),
        new("P-384", "1.3.132.0.34", ECCurve.NamedCurves.nistP384, 48, Two(384) - Two(128) - Two(96) + Two(32) - 1,
            "b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef"),
        new("P-521", "1.3.132.0.35", ECCurve.NamedCurves.nistP521, 66, Two(521) - 1,
            "051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00"),
    ];

    /// <summary>The <c>crv</c> value.</summary>
    public string Name { get; }

    public string Oid { get; }

    public ECCurve Parameters { get; }

    /// <summary>The exact length of each coordinate.</summary>
    public int CoordinateBytes { get; }

    public static EllipticCurve? Find(string? name) => All.FirstOrDefault(c => string.Equals(c.Name, name, StringComparison.Ordinal));

    public static EllipticCurve? FindByOid(string? oid) => All.FirstOrDefault(c => string.Equals(c.Oid, oid, StringComparison.Ordinal));

    /// <summary>Whether the coordinates, big-endian, are below p and satisfy the equation. The cofactor is 1: no more is needed.</summary>
    public bool Holds(ReadOnlySpan<byte> x, ReadOnlySpan<byte> y)
    {
        var (px, py) = (new BigInteger(x, isUnsigned: true, isBigEndian: true), new BigInteger(y, isUnsigned: true, isBigEndian: true));
        return px < _p && py < _p && ((py * py) - (px * px * px) + (3 * px) - _b) % _p == 0;
    }

    private static BigInteger Two(int power) => BigInteger.Pow(2, power);
}

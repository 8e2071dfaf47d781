using System.Numerics;

namespace Sallyport.Gateway.Tokens;

/// <summary>
/// Recognises RSA moduli of the Infineon library whose private keys can be computed (CVE-2017-15361). Its primes are powers
/// of 65537 modulo a product of small primes, so the modulus is one too; by chance practically none is.
/// </summary>
internal static class RocaFingerprint
{
    // For keys of 2048 bits and more the product goes to 701 or beyond.
    private const int LargestPrime = 701;
    private const int Generator = 65537;

    // Per small prime: which remainders are powers of the generator.
    private static readonly bool[][] Powers = [.. Enumerable.Range(3, LargestPrime - 2).Where(IsPrime).Select(PowersModulo)];

    /// <summary>Whether the big-endian modulus bears the mark.</summary>
    public static bool Matches(ReadOnlySpan<byte> modulus)
    {
        var n = new BigInteger(modulus, isUnsigned: true, isBigEndian: true);
        return Powers.All(powers => powers[(int)(n % powers.Length)]);
    }

    private static bool[] PowersModulo(int prime)
    {
        var powers = new bool[prime];
        for (var power = 1; !powers[power]; power = power * Generator % prime)
            powers[power] = true;
        return powers;
    }

    private static bool IsPrime(int number) => Enumerable.Range(2, (int)Math.Sqrt(number) - 1).All(divisor => number % divisor != 0);
}

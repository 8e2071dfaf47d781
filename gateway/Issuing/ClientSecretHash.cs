using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;

namespace Sallyport.Gateway.Issuing;

/// <summary>The hash of a client's secret: PBKDF2 (RFC 8018 section 5.2) with HMAC-SHA256, written <c>pbkdf2-sha256$iterations$salt$hash</c>.</summary>
internal sealed class ClientSecretHash
{
    public const int UsualIterations = 600_000;

    /// <summary>The longest secret that is looked at, in bytes.</summary>
    public const int MaxSecretBytes = 1024;

    private const string Scheme = "pbkdf2-sha256";
    private const int LeastIterations = 10_000;
    private const int MostIterations = 10_000_000;
    private const int HashBytes = 32;
    private const int LeastSaltBytes = 16;
    private const int MostSaltBytes = 64;
    private const int LongestText = 256;

    private readonly byte[] _salt;
    private readonly byte[] _hash;

    private ClientSecretHash(int iterations, byte[] salt, byte[] hash) => (Iterations, _salt, _hash) = (iterations, salt, hash);

    public int Iterations { get; }

    /// <summary>The hash of a secret, with a salt of its own.</summary>
    public static ClientSecretHash Of(ReadOnlySpan<byte> secret, int iterations = UsualIterations)
    {
        var salt = RandomNumberGenerator.GetBytes(LeastSaltBytes);
        return new(iterations, salt, Derive(secret, salt, iterations));
    }

    /// <summary>One that no secret has: it costs as much as a real one to find that out.</summary>
    public static ClientSecretHash OfNothing(int iterations) =>
        new(iterations, RandomNumberGenerator.GetBytes(LeastSaltBytes), RandomNumberGenerator.GetBytes(HashBytes));

    public static bool TryParse(string text, [NotNullWhen(true)] out ClientSecretHash? hash, [NotNullWhen(false)] out string? problem)
    {
        hash = null;
        problem = null;
        var parts = text.Length <= LongestText ? text.Split('$') : [];
        if (parts.Length != 4 || parts[0] != Scheme)
            problem = $"is no hash of the form {Scheme}$iterations$salt$hash.";
        else if (!int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var iterations) || iterations is < LeastIterations or > MostIterations)
            problem = string.Create(CultureInfo.InvariantCulture, $"has a number of iterations that is not from {LeastIterations} to {MostIterations}.");
        else if (Decode(parts[2]) is not { Length: >= LeastSaltBytes and <= MostSaltBytes } salt)
            problem = $"has a salt that is not {LeastSaltBytes} to {MostSaltBytes} bytes of base64url.";
        else if (Decode(parts[3]) is not { Length: HashBytes } derived)
            problem = $"has a hash that is not {HashBytes} bytes of base64url.";
        else
            hash = new(iterations, salt, derived);
        return hash is not null;
    }

    /// <summary>Whether this is the hash of the secret. Takes as long as its iterations do, whatever the answer.</summary>
    public bool Matches(ReadOnlySpan<byte> secret) => CryptographicOperations.FixedTimeEquals(Derive(secret, _salt, Iterations), _hash);

    /// <summary>The text for the configuration.</summary>
    public string Write() => string.Create(CultureInfo.InvariantCulture, $"{Scheme}${Iterations}${Base64Url.EncodeToString(_salt)}${Base64Url.EncodeToString(_hash)}");

    /// <summary>Without salt and hash.</summary>
    public override string ToString() => Scheme;

    private static byte[] Derive(ReadOnlySpan<byte> secret, byte[] salt, int iterations) => Rfc2898DeriveBytes.Pbkdf2(secret, salt, iterations, HashAlgorithmName.SHA256, HashBytes);

    private static byte[]? Decode(string text)
    {
        try
        {
            return Base64Url.DecodeFromChars(text);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}

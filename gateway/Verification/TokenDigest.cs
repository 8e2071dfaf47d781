using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Sallyport.Gateway.Verification;

/// <summary>SHA-256 of a whole token, 32 bytes: what the cache knows a token by. Or of what is to be said in one.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct TokenDigest(ulong A, ulong B, ulong C, ulong D)
{
    private const int StackBytes = 2048;

    [SkipLocalsInit]
    public static TokenDigest Of(ReadOnlySpan<char> token)
    {
        var size = Encoding.UTF8.GetMaxByteCount(token.Length);
        byte[]? rented = null;
        // A compact token is ASCII: one byte a character, except in what is refused later anyway.
        var bytes = size <= StackBytes ? stackalloc byte[StackBytes] : (rented = ArrayPool<byte>.Shared.Rent(size));
        var length = Encoding.UTF8.GetBytes(token, bytes);

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes[..length], hash);
        if (rented is not null)
        {
            CryptographicOperations.ZeroMemory(bytes[..length]);
            ArrayPool<byte>.Shared.Return(rented);
        }

        return MemoryMarshal.Read<TokenDigest>(hash);
    }

    public static TokenDigest Of(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return MemoryMarshal.Read<TokenDigest>(hash);
    }

    public override int GetHashCode() => (int)A;

    /// <summary>A digest is not told: with a log and the cache's key it could be matched to a token.</summary>
    public override string ToString() => "SHA-256 of a token";
}

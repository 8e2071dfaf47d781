using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Sallyport.Gateway.Revocation;

/// <summary>What a revocation is looked up by: the first 128 bits of SHA-256 over kind, issuer and value.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct RevocationKey(ulong A, ulong B) : IComparable<RevocationKey>
{
    private const int StackBytes = 1024;
    private const int PrefixBytes = 1 + sizeof(int);

    /// <summary>The key of UTF-8 text. Kind and length of the issuer come first: no two triples have the same octets.</summary>
    public static RevocationKey Of(RevocationKind kind, ReadOnlySpan<byte> issuer, ReadOnlySpan<byte> value)
    {
        var length = PrefixBytes + issuer.Length + value.Length;
        var framed = length <= StackBytes ? stackalloc byte[StackBytes] : new byte[length];
        framed[0] = (byte)kind;
        BinaryPrimitives.WriteInt32BigEndian(framed[1..], issuer.Length);
        issuer.CopyTo(framed[PrefixBytes..]);
        value.CopyTo(framed[(PrefixBytes + issuer.Length)..]);

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(framed[..length], hash);
        return new RevocationKey(BinaryPrimitives.ReadUInt64BigEndian(hash), BinaryPrimitives.ReadUInt64BigEndian(hash[sizeof(ulong)..]));
    }

    public static RevocationKey Of(RevocationKind kind, string issuer, string value) =>
        Of(kind, Encoding.UTF8.GetBytes(issuer), Encoding.UTF8.GetBytes(value));

    public int CompareTo(RevocationKey other) => A != other.A ? A.CompareTo(other.A) : B.CompareTo(other.B);
}

using System.Buffers.Binary;
using System.Text;

namespace Sallyport.Gateway.Keys;

/// <summary>Several texts as one byte string that no other texts make: each with its length in UTF-8 before it, four bytes, big-endian.</summary>
internal static class LengthPrefixed
{
    public static byte[] Of(params ReadOnlySpan<string> parts)
    {
        var bytes = new List<byte>();
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (var part in parts)
        {
            var text = Encoding.UTF8.GetBytes(part);
            BinaryPrimitives.WriteInt32BigEndian(length, text.Length);
            bytes.AddRange(length);
            bytes.AddRange(text);
        }

        return [.. bytes];
    }
}

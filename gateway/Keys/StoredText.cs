using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Sallyport.Gateway.Keys;

/// <summary>Epoch and document as they lie in a file or in Redis: <c>epoch.document</c>.</summary>
internal static class StoredText
{
    /// <summary>The most that is read.</summary>
    public const int MaxBytes = RingDocument.MaxBytes + 32;

    public static byte[] Of(long epoch, ReadOnlySpan<byte> document) => [.. Encoding.ASCII.GetBytes(epoch.ToString(CultureInfo.InvariantCulture)), (byte)'.', .. document];

    /// <summary>Nothing has the epoch 0 and no document; garbage has the epoch -1, so that nobody writes over it unawares.</summary>
    public static StoredRing Read(byte[] bytes, DateTimeOffset now)
    {
        if (bytes.Length == 0) return new StoredRing(0, null, now);
        return Utf8Parser.TryParse(bytes, out long epoch, out var consumed) && epoch > 0 && consumed < bytes.Length && bytes[consumed] == '.'
            ? new StoredRing(epoch, bytes.AsMemory(consumed + 1), now)
            : new StoredRing(-1, bytes, now);
    }
}

using System.Buffers;
using System.Security.Cryptography;

namespace Sallyport.Gateway.Configuration;

/// <summary>Reads files of which the configuration only knows the name: never more than a bound, whatever they turn out to be.</summary>
internal static class BoundedFile
{
    /// <summary>The bytes of the file, or null when there are more than <paramref name="most"/>; and whether it could change,
    /// which a pipe such as <c>/dev/stdin</c> cannot: it is read once.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It must not be read.</exception>
    public static (byte[]? Bytes, bool Changes) Read(string file, int most)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        using var read = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (stream.Read(buffer) is > 0 and var count)
        {
            if (read.Length + count > most)
                return (null, stream.CanSeek);
            read.Write(buffer, 0, count);
        }

        return (read.ToArray(), stream.CanSeek);
    }

    /// <summary>SHA-256 of the contents; null when there are more than <paramref name="most"/> bytes.</summary>
    public static byte[]? Hash(string file, int most)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            var length = 0L;
            while (stream.Read(buffer) is > 0 and var count)
            {
                if ((length += count) > most)
                    return null;
                hash.AppendData(buffer, 0, count);
            }

            return hash.GetHashAndReset();
        }
        finally
        {
            // It may have held secrets.
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }
}

using Sallyport.Gateway.Audit;

namespace Sallyport.Gateway.Proof;

/// <summary>Opens what an archive should have, and says in words what it has instead.</summary>
internal static class ArchiveFile
{
    /// <exception cref="ArchiveFaultException">It is no file that can be read.</exception>
    public static FileStream Open(string path)
    {
        try
        {
            if (Directory.Exists(path)) throw new ArchiveFaultException($"{path} is a directory, and a file is wanted.");
            var stream = OwnFile.Read(path);
            if (stream.CanSeek) return stream;
            stream.Dispose();
            throw new ArchiveFaultException($"{path} is no ordinary file.");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ArchiveFaultException($"{path} is not there.", e);
        }
        catch (Exception e) when (IsOfFiles(e))
        {
            throw new ArchiveFaultException($"{path} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>The whole file.</summary>
    /// <returns>Null when there is none.</returns>
    /// <exception cref="ArchiveFaultException">It cannot be read, or is longer than <paramref name="most"/>.</exception>
    public static byte[]? TryRead(string path, int most)
    {
        if (!Path.Exists(path)) return null;
        using var stream = Open(path);
        try
        {
            if (stream.Length > most) throw new ArchiveFaultException($"{path} has more than {most} bytes.");
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception e) when (IsOfFiles(e))
        {
            throw new ArchiveFaultException($"{path} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Whether it is trouble with a file.</summary>
    public static bool IsOfFiles(Exception e) => e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException;
}

namespace Sallyport.Gateway.Audit;

/// <summary>A directory of all public keys that ever signed, one file <c>KID.json</c> each. Nothing in it is changed or deleted, so that an old token can be verified for ever.</summary>
internal sealed class KeyArchive(string directory)
{
    private const int MaxBytes = 16 * 1024;
    private const int KeyIdChars = 43;

    public string Directory => directory;

    /// <summary>Keeps a key, unless one of its name is there already; on the disk when this returns.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public void Keep(string keyId, ReadOnlySpan<byte> json)
    {
        var path = PathOf(keyId) ?? throw new IOException("The key's name is no thumbprint.");
        if (File.Exists(path)) return;
        System.IO.Directory.CreateDirectory(directory);
        // Beside it first: a crash leaves no half of a key under its name. Several replicas may do this at once; one of them wins.
        var beside = Path.Combine(directory, $".{Guid.NewGuid():N}.new");
        try
        {
            using (var stream = new FileStream(beside, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                stream.Write(json);
                stream.Flush(flushToDisk: true);
            }

            File.Move(beside, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another replica was faster.
        }
        finally
        {
            File.Delete(beside);
        }
    }

    /// <summary>What was kept; null where nothing is.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public byte[]? Find(string keyId)
    {
        if (PathOf(keyId) is not { } path || !File.Exists(path)) return null;
        using var stream = File.OpenRead(path);
        if (stream.Length > MaxBytes) throw new IOException($"{path} is larger than {MaxBytes} bytes.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    // A thumbprint and nothing else: the name comes from a token.
    private string? PathOf(string keyId) =>
        keyId.Length == KeyIdChars && keyId.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? Path.Combine(directory, keyId + ".json") : null;
}

using Sallyport.Gateway.Audit;
using Sallyport.Gateway.Identity;

namespace Sallyport.Gateway.Keys;

/// <summary>A directory of all endorsements that our keys ever had: <c>THUMBPRINT/SHA256.jws</c>. Nothing in it is changed or deleted.</summary>
internal sealed class EndorsementArchive(string directory)
{
    private const int HashChars = 43;

    public string Directory => directory;

    /// <summary>Whether it was kept.</summary>
    public bool Has(string thumbprint, string hash) => File.Exists(PathOf(thumbprint, hash));

    /// <summary>Keeps an endorsement, unless it is there already; on the disk when this returns.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public void Keep(string thumbprint, Endorsement endorsement)
    {
        var path = PathOf(thumbprint, endorsement.Hash);
        if (File.Exists(path)) return;
        var folder = Path.GetDirectoryName(path)!;
        System.IO.Directory.CreateDirectory(folder);
        // Beside it first: a crash leaves no half of one under its name. Several replicas may do this at once; one of them wins.
        var beside = Path.Combine(folder, $".{Guid.NewGuid():N}.new");
        try
        {
            using (var stream = new FileStream(beside, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                stream.Write(System.Text.Encoding.ASCII.GetBytes(endorsement.Text));
                stream.Flush(flushToDisk: true);
            }

            File.Move(beside, path, overwrite: false);
            DirectorySync.Flush(folder);
            DirectorySync.Flush(directory);
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

    /// <summary>All that were kept of a key, in no order, as text that nobody has looked at.</summary>
    /// <exception cref="IOException">They cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">They may not be read.</exception>
    public IEnumerable<(string Hash, string Text)> Of(string thumbprint)
    {
        var folder = Path.GetDirectoryName(PathOf(thumbprint, new string('A', HashChars)))!;
        if (!System.IO.Directory.Exists(folder)) yield break;
        foreach (var path in System.IO.Directory.EnumerateFiles(folder, "*.jws"))
        {
            using var stream = File.OpenRead(path);
            // What is longer is none; so is its beginning.
            var bytes = new byte[Math.Min(stream.Length, Endorsement.MaxLength + 1)];
            stream.ReadExactly(bytes);
            yield return (Path.GetFileNameWithoutExtension(path), System.Text.Encoding.Latin1.GetString(bytes));
        }
    }

    // Both names come from tokens and documents: thumbprints, and nothing else.
    private string PathOf(string thumbprint, string hash) =>
        IsHash(thumbprint) && IsHash(hash) ? Path.Combine(directory, thumbprint, hash + ".jws") : throw new IOException("The name is no thumbprint.");

    private static bool IsHash(string name) => name.Length == HashChars && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}

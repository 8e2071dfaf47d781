namespace Sallyport.Gateway.Configuration;

/// <summary>Looks into the files that hold keys and secrets, as far as the configuration can tell good from bad.</summary>
internal static class KeyFile
{
    /// <summary>The largest file that is read, in bytes.</summary>
    private const int Largest = 1024 * 1024;

    /// <summary>Reads the whole file; answers what is wrong with it, or null.</summary>
    public static string? TryRead(string file, out byte[] bytes)
    {
        bytes = [];
        try
        {
            if (!File.Exists(file))
                return "names a file that does not exist.";
            if (BoundedFile.Read(file, Largest).Bytes is not { } read)
                return "names a file of more than a mebibyte.";
            bytes = read;
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            return "names a file that cannot be read.";
        }
    }
}

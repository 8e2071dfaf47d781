namespace Sallyport.LoadTests.Parts;

/// <summary>The repository that this executable was built in.</summary>
internal static class Repository
{
    /// <summary>Its folder.</summary>
    /// <exception cref="InvalidOperationException">The executable is elsewhere.</exception>
    public static string Path
    {
        get
        {
            for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
                if (File.Exists(System.IO.Path.Combine(directory.FullName, "Gateway.sln")))
                    return directory.FullName;
            throw new InvalidOperationException("This executable is not in its repository: run it with --dry, and name the gateway where one is asked for.");
        }
    }
}

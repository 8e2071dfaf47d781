namespace Sallyport.Tests.Support;

/// <summary>The checkout that the tests were built from.</summary>
internal static class RepositoryFolder
{
    public static string Path { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Gateway.sln")))
                return folder.FullName;
        throw new DirectoryNotFoundException("The tests do not run below the checkout.");
    }
}

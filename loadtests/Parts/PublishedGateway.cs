namespace Sallyport.LoadTests.Parts;

/// <summary>The gateway as it ships: published, and so compiled ahead.</summary>
internal static class PublishedGateway
{
    /// <summary>Publishes it, and returns the path of its assembly.</summary>
    /// <param name="directory">Where to.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public static async Task<string> MakeAsync(string directory, CancellationToken cancellation)
    {
        var output = Path.Combine(directory, "gateway");
        await Tool.RunAsync("dotnet", ["publish", Path.Combine(Repository.Path, "gateway"), "--configuration", "Release", "--output", output, "--nologo"], cancellation);
        return Path.Combine(output, "sallyport.dll");
    }
}

using Sallyport.Gateway.Audit;
using Sallyport.Gateway.Configuration;

namespace Sallyport.Gateway.Cli;

/// <summary>Whether the archive's directory could be used by whoever runs this. Nothing is made that was not there.</summary>
internal static class AuditDirectoryCheck
{
    public static IEnumerable<Mistake> Check(AuditOptions options)
    {
        if (options.Directory is not { } directory) yield break;
        var there = directory;
        while (!Directory.Exists(there) && !File.Exists(there) && Path.GetDirectoryName(there) is { } above) there = above;
        var problem = File.Exists(there) ? $"cannot be a directory: {there} is a file" : Try(there);
        if (problem is not null)
            yield return new Mistake(JsonPath.Sallyport.Member("Audit").Member("Directory").Text, problem, "Name a directory that the gateway's user may write to, or make it for that user.");
    }

    private static string? Try(string directory)
    {
        var probe = Path.Combine(directory, $".{Guid.NewGuid():N}.probe");
        try
        {
            using (OwnFile.Open(probe, FileMode.CreateNew)) File.Delete(probe);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"cannot be written: {e.Message}";
        }
    }
}

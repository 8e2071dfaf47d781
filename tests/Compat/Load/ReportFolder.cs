namespace Sallyport.Tests.Compat.Load;

/// <summary>A folder for reports that goes with the test.</summary>
internal sealed class ReportFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("sallyport-reports-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

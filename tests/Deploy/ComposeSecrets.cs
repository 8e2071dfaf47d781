using System.Diagnostics;
using System.Text.Json.Nodes;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Deploy;

/// <summary>What deploy/secrets.sh makes, in a folder of its own, deleted in the end.</summary>
internal sealed class ComposeSecrets : IDisposable
{
    private ComposeSecrets()
    {
    }

    /// <summary>Where a container sees its secrets.</summary>
    public const string InContainer = "/run/secrets";

    public string Folder { get; } = Directory.CreateTempSubdirectory("sallyport-secrets-").FullName;

    /// <summary>Of the user <c>gateway</c> of Redis.</summary>
    public string Password => JsonNode.Parse(this["redis.json"])!["Sallyport"]!["Redis"]!["Configuration"]!.GetValue<string>().Split("password=")[1];

    public string this[string name] => File.ReadAllText(Path.Combine(Folder, name));

    public static async Task<ComposeSecrets> MakeAsync()
    {
        var secrets = new ComposeSecrets();
        await secrets.MakeAgain();
        return secrets;
    }

    public async Task MakeAgain()
    {
        using var shell = Process.Start(new ProcessStartInfo("sh", [Path.Combine(RepositoryFolder.Path, "deploy", "secrets.sh"), Folder]) 
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        var said = await shell.StandardOutput.ReadToEndAsync() + await shell.StandardError.ReadToEndAsync();
        await shell.WaitForExitAsync();
        Assert.Equal("", said);
        Assert.Equal(0, shell.ExitCode);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}

using System.Diagnostics;
using System.Text.Json.Nodes;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Proof;

/// <summary>A copy of an archive and the bundle of an authority, in a directory of their own: all that another machine has.</summary>
internal sealed class CopiedArchive : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("sallyport-copy-");

    public CopiedArchive(string archive, string bundle)
    {
        foreach (var file in Directory.GetFiles(archive, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(Folder, Path.GetRelativePath(archive, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        Put("bundle.pem", bundle);
    }

    public string Folder => Path.Combine(_root.FullName, "archive");

    public string Bundle => Path.Combine(_root.FullName, "bundle.pem");

    public string Put(string name, string content)
    {
        var path = Path.Combine(_root.FullName, name);
        File.WriteAllText(path, content);
        return path;
    }

    public void Delete(string name) => File.Delete(Path.Combine(Folder, name));

    /// <summary>All lines of the trail.</summary>
    public string Trail() => string.Concat(Directory.GetFiles(Path.Combine(Folder, "trail"), "*.jsonl").Order(StringComparer.Ordinal).Select(File.ReadAllText));

    /// <summary>Every link of the token's chain is proven.</summary>
    public async Task ProvesAsync(string token)
    {
        var report = await VerifyAsync(0, "--token", token, "--trust-bundle", Bundle);
        Assert.All(report["links"]!.AsArray(), link => Assert.Equal("proven", (string)link!["outcome"]!));
    }

    /// <summary>What the verb says, as a process of its own without configuration or network.</summary>
    public async Task<JsonNode> VerifyAsync(int exitCode, params string[] arguments)
    {
        var result = await GatewayProcess.RunAsync(["audit", "verify", "--archive", Folder, "--json", .. arguments]);
        Assert.True(result.ExitCode == exitCode, $"{string.Join(' ', arguments)}: expected {exitCode}\n{result}");
        return JsonNode.Parse(result.Output)!;
    }

    /// <summary>The commands of docs/audit.md, in a folder that has what they name: each says that all is well, and with another authority none but those that need none.</summary>
    public async Task RunsAsWrittenAsync(string token)
    {
        var page = await File.ReadAllTextAsync(Path.Combine(RepositoryFolder.Path, "docs", "audit.md"));
        var commands = page[page.IndexOf("## Verify", StringComparison.Ordinal)..].Split("```sh\n")[1].Split("```")[0].Replace("--archive audit", "--archive archive", StringComparison.Ordinal)
            .Replace("audit/trail", "archive/trail", StringComparison.Ordinal);
        Put("token.txt", token + "\n");
        var right = await ShellAsync(commands);
        Assert.True(right.ExitCode == 0, right.ToString());
        Assert.Equal(3, right.Output.Split('\n').Count(line => line == "Proven."));
        Assert.DoesNotContain(token.Split('.')[2], right.Output, StringComparison.Ordinal);
        Assert.Equal(Trail(), await File.ReadAllTextAsync(Path.Combine(_root.FullName, "records.jsonl")));

        var wrong = await ShellAsync(commands.Replace("bundle.pem", Path.GetFileName(Put("another.pem", new SpiffeCa().Pem)), StringComparison.Ordinal));
        Assert.True(wrong.ExitCode == 1, wrong.ToString());
        Assert.Contains("Failed.", wrong.Output, StringComparison.Ordinal);
    }

    public void Dispose() => _root.Delete(recursive: true);

    private async Task<ProcessResult> ShellAsync(string commands)
    {
        var script = $"sallyport() {{ dotnet '{Path.Combine(AppContext.BaseDirectory, "sallyport.dll")}' \"$@\"; }}\n{commands}";
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-ec", script]) { WorkingDirectory = _root.FullName, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        var (output, errors) = (shell.StandardOutput.ReadToEndAsync(), shell.StandardError.ReadToEndAsync());
        await shell.WaitForExitAsync();
        return new ProcessResult(shell.ExitCode, await output, await errors);
    }
}

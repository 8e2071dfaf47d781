using Sallyport.Tests.Support;

namespace Sallyport.Tests.Cli;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("--definitely-not-an-option")]
    [InlineData("definitely-not-a-verb")]
    [InlineData("token")]
    [InlineData("token", "verify")]
    [InlineData("token", "inspect")]
    [InlineData("token", "inspect", "a", "b")]
    [InlineData("jws", "verify")]
    [InlineData("jws", "verify", "--batch", "/nowhere/at/all.jsonl")]
    [InlineData("jws", "verify", "--batch", "/")]
    [InlineData("explain")]
    [InlineData("explain", "--url", "ftp://host/x")]
    [InlineData("explain", "--url", "/a b")]
    [InlineData("explain", "--url", "/x", "--method", "G T")]
    [InlineData("explain", "--url", "/x", "--header", "no colon")]
    [InlineData("check", "--config")]
    [InlineData("@file-that-is-not-read")]
    public async Task A_wrong_command_line_ends_with_2_and_says_so_on_standard_error(params string[] arguments)
    {
        var result = await Verb.RunAsync("", arguments);
        Assert.Equal(2, result.ExitCode);
        Assert.Equal("", result.Output);
        Assert.NotEqual("", result.Errors);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("check", "--help")]
    [InlineData("token", "verify", "-h")]
    [InlineData("--version")]
    public async Task Help_and_version_end_with_0(params string[] arguments)
    {
        var result = await Verb.RunAsync("", arguments);
        Assert.Equal(0, result.ExitCode);
        Assert.NotEqual("", result.Output);
    }

    [Theory]
    [InlineData("check")]
    [InlineData("token", "verify", "a.b.c")]
    [InlineData("explain", "--url", "/x")]
    [InlineData("serve")]
    public async Task A_configuration_that_is_missing_or_no_JSON_ends_with_1(params string[] arguments)
    {
        var missing = await Verb.RunAsync("", [.. arguments, "--config", "/nowhere/at/all.json"]);
        Assert.Equal(1, missing.ExitCode);
        Assert.Contains("/nowhere/at/all.json", missing.Output + missing.Errors);

        var file = Path.GetTempFileName();
        await File.WriteAllBytesAsync(file, [0, 255, 27, 91, 200]);
        var garbage = await Verb.RunAsync("", [.. arguments, "--config", file]);
        File.Delete(file);
        Assert.Equal(1, garbage.ExitCode);
        Assert.DoesNotContain('\x1b', garbage.Output + garbage.Errors);
    }

    [Fact]
    public async Task Control_characters_of_the_command_line_do_not_reach_the_terminal()
    {
        var result = await Verb.RunAsync("", "\x1b]0;owned\x07");
        Assert.Equal(2, result.ExitCode);
        Assert.DoesNotContain('\x1b', result.Errors);
        Assert.Contains("\\u001b", result.Errors);
    }

    [Theory]
    [InlineData("serve")]
    [InlineData("check")]
    [InlineData("explain")]
    [InlineData("token", "inspect")]
    [InlineData("token", "verify")]
    [InlineData("doctor", "aws")]
    [InlineData("jws", "verify")]
    [InlineData("keys")]
    [InlineData("clients", "hash")]
    [InlineData("attest")]
    [InlineData("attest", "verify")]
    [InlineData("audit", "verify")]
    [InlineData("audit", "export")]
    [InlineData("audit", "tail")]
    public async Task Every_verb_and_option_is_in_the_documentation(params string[] verb)
    {
        var page = await File.ReadAllTextAsync(Path.Combine(RepositoryFolder.Path, "docs", "verbs.md"));
        Assert.Contains($"\n## `{string.Join(' ', verb)}", page);
        var help = await Verb.RunAsync("", [.. verb, "--help"]);
        foreach (var word in help.Output.Split([' ', ',', '\n'], StringSplitOptions.RemoveEmptyEntries).Where(word => word.StartsWith("--", StringComparison.Ordinal)))
            Assert.Contains(word, page);
    }
}

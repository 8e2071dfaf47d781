using System.Text.Json.Nodes;
using Sallyport.Gateway.Cli;
using Sallyport.Tests.Cli;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Proof;

/// <summary>The verbs of the audit, on an archive alone.</summary>
public sealed class AuditVerbTests
{
    private readonly FakeClock _clock = new();

    [Fact]
    public async Task Verify_answers_in_words_and_in_JSON_and_never_prints_a_token()
    {
        await using var built = await BuiltAsync();
        var token = await built.MintAsync();
        var checkpoint = await built.CheckpointAsync();
        var bundle = Path.Combine(built.Folder, "bundle.pem");
        await File.WriteAllTextAsync(bundle, built.Authority!.Pem);
        var kept = Path.Combine(built.Folder, "kept.jws");
        await File.WriteAllTextAsync(kept, checkpoint);

        var told = await Verb.RunAsync(token, "audit", "verify", "--archive", built.Folder, "--token", "-", "--trust-bundle", bundle, "--checkpoint", kept, "--spiffe-id", "spiffe://example.org/gateway");
        Assert.True(told.ExitCode == ExitCode.Good, told.ToString());
        Assert.Contains("Proven.", told.Output, StringComparison.Ordinal);
        var json = await Verb.RunAsync("", "audit", "verify", "--archive", built.Folder, "--token", token, "--trust-bundle", bundle, "--json");
        Assert.Equal("proven", (string?)JsonNode.Parse(json.Output)!["outcome"]);
        var all = await Verb.RunAsync("", "audit", "verify", "--archive", built.Folder, "--trust-bundle", bundle, "--since", "2030-01-01", "--until", "2030-01-02T00:00:00Z");
        Assert.Equal(ExitCode.Good, all.ExitCode);
        Assert.Equal(ExitCode.Unverifiable, (await Verb.RunAsync("", "audit", "verify", "--archive", built.Folder)).ExitCode);
        Assert.Equal(ExitCode.Refused, (await Verb.RunAsync("", "audit", "verify", "--archive", built.Folder, "--jti", "nobody", "--trust-bundle", bundle)).ExitCode);
        Assert.All(new[] { told, json, all }, result => Assert.DoesNotContain(token[(token.LastIndexOf('.') + 1)..], result.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Acceptance", "A6")]
    public async Task A_checkpoint_is_no_token_here_nor_to_token_verify()
    {
        await using var built = await BuiltAsync();
        var token = await built.MintAsync();
        var checkpoint = await built.CheckpointAsync();
        var refused = await Verb.RunAsync("", "audit", "verify", "--archive", built.Folder, "--token", checkpoint, "--json");
        Assert.Equal((ExitCode.Refused, "typ_wrong"), (refused.ExitCode, (string?)JsonNode.Parse(refused.Output)!["links"]![0]!["reason"]));
        var offline = await Verb.RunAsync("", "token", "verify", checkpoint, "--archive", built.Folder, "--json");
        Assert.Equal((1, "typ_wrong"), (offline.ExitCode, (string?)JsonNode.Parse(offline.Output)!["reason"]));
        Assert.Equal(0, (await Verb.RunAsync("", "token", "verify", token, "--archive", built.Folder)).ExitCode);
    }

    [Theory]
    [InlineData("--archive", "/nowhere/at/all")]
    [InlineData("--trust-bundle", "/nowhere/bundle.pem")]
    [InlineData("--checkpoint", "/nowhere/kept.jws")]
    [InlineData("--since", "yesterday")]
    [InlineData("--spiffe-id", "spiffe://UPPER/x")]
    public async Task What_the_command_line_names_wrongly_is_said(string option, string value)
    {
        await using var built = await BuiltAsync();
        string[] archive = option == "--archive" ? [] : ["--archive", built.Folder];
        var result = await Verb.RunAsync("", ["audit", "verify", .. archive, option, value]);
        Assert.Equal(ExitCode.Usage, result.ExitCode);
        Assert.NotEmpty(result.Errors);
    }

    [Fact]
    public async Task Export_gives_the_records_byte_for_byte_and_an_archive_that_verifies()
    {
        await using var built = await BuiltAsync();
        _clock.Advance(TimeSpan.FromDays(1));
        await built.RotateAsync();
        await built.MintAsync();
        await built.CheckpointAsync();
        var whole = string.Concat(built.Days.Select(File.ReadAllText));
        var told = await Verb.RunAsync("", "audit", "export", "--jsonl", "--archive", built.Folder);
        Assert.Equal((0, whole), (told.ExitCode, told.Output));
        var second = await Verb.RunAsync("", "audit", "export", "--jsonl", "--archive", built.Folder, "--since", "2030-01-02");
        Assert.Equal(await File.ReadAllTextAsync(built.Days[1]), second.Output);

        var copy = Path.Combine(built.Folder, "copy") + Path.DirectorySeparatorChar;
        var exported = await Verb.RunAsync("", "audit", "export", "--jsonl", "--archive", built.Folder, "--to", copy);
        Assert.True(exported.ExitCode == 0, exported.ToString());
        var bundle = Path.Combine(built.Folder, "bundle.pem");
        await File.WriteAllTextAsync(bundle, built.Authority!.Pem);
        var verified = await Verb.RunAsync("", "audit", "verify", "--archive", copy, "--trust-bundle", bundle);
        Assert.True(verified.ExitCode == 0, verified.ToString());
        Assert.Equal(ExitCode.Usage, (await Verb.RunAsync("", "audit", "export", "--archive", built.Folder, "--to", copy)).ExitCode);

        var file = Path.Combine(built.Folder, "records.jsonl");
        Assert.Equal(0, (await Verb.RunAsync("", "audit", "export", "--archive", built.Folder, "--to", file)).ExitCode);
        Assert.Equal(whole, await File.ReadAllTextAsync(file));
    }

    [Fact]
    public async Task Tail_shows_the_last_records_also_across_days()
    {
        await using var built = await BuiltAsync();
        _clock.Advance(TimeSpan.FromDays(1));
        await built.RotateAsync();
        await built.MintAsync();
        string[] all = [.. built.Days.SelectMany(File.ReadAllLines)];
        foreach (var n in new[] { 0, 1, 2, 3, all.Length, all.Length + 5 })
        {
            var tail = await Verb.RunAsync("", "audit", "tail", "--archive", built.Folder, "-n", $"{n}", "--json");
            Assert.Equal(all.TakeLast(n), tail.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }

        var table = await Verb.RunAsync("", "audit", "tail", "--archive", built.Folder);
        Assert.Contains("token_minted", table.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whatever_lies_there_instead_the_answer_is_a_verdict()
    {
        await using var built = await BuiltAsync();
        var token = await built.MintAsync();
        await built.CheckpointAsync();
        var bundle = Path.Combine(built.Folder, "bundle.pem");
        await File.WriteAllTextAsync(bundle, built.Authority!.Pem);
        var random = new Random(7);
        string[] files = [built.Days[0], built.Checkpoints, built.KeyFile, built.Endorsements[0], bundle];
        foreach (var file in files)
        {
            var good = await File.ReadAllBytesAsync(file);
            for (var i = 0; i < 40; i++)
            {
                byte[] bad;
                do bad = i % 4 == 0 ? Noise(random) : Tokens.Mutation.OfBytes(random, good);
                while (bad.AsSpan().SequenceEqual(good));
                await File.WriteAllBytesAsync(file, bad);
                foreach (var question in new string[][] { [], ["--token", token], ["--checkpoint", file] })
                {
                    var result = await Verb.RunAsync("", ["audit", "verify", "--archive", built.Folder, "--trust-bundle", bundle, "--json", .. question]);
                    Assert.InRange(result.ExitCode, 0, 3);
                    // Of a few bytes nothing depends, see TamperingTests; noise is never an archive.
                    if (i % 4 == 0) Assert.True(result.ExitCode != 0, $"{Path.GetFileName(file)} {i} {string.Join(' ', question.Take(1))}");
                }

                Assert.InRange((await Verb.RunAsync("", "audit", "tail", "--archive", built.Folder)).ExitCode, 0, 1);
                Assert.InRange((await Verb.RunAsync("", "audit", "export", "--archive", built.Folder)).ExitCode, 0, 1);
            }

            await File.WriteAllBytesAsync(file, good);
        }

        for (var i = 0; i < 200; i++)
        {
            var text = Tokens.Mutation.OfText(random, token);
            if (text.Trim() != token && !text.TrimStart().StartsWith('-')) Assert.InRange((await Verb.RunAsync("", "audit", "verify", "--archive", built.Folder, $"--token={text}")).ExitCode, 1, 3);
        }

        Assert.Equal(0, (await Verb.RunAsync("", "audit", "verify", "--archive", built.Folder, "--trust-bundle", bundle)).ExitCode);
    }

    [Fact]
    public async Task Directories_and_broken_links_in_place_of_files_are_said_in_words()
    {
        await using var built = await BuiltAsync();
        foreach (var file in new[] { built.KeyFile, built.Checkpoints, built.Days[0] })
        {
            var aside = file + ".aside";
            File.Move(file, aside);
            Directory.CreateDirectory(file);
            Assert.NotEqual(0, (await Verb.RunAsync("", "audit", "verify", "--archive", built.Folder)).ExitCode);
            Directory.Delete(file);
            if (!OperatingSystem.IsWindows())
            {
                File.CreateSymbolicLink(file, "/nowhere/at/all");
                Assert.NotEqual(0, (await Verb.RunAsync("", "audit", "verify", "--archive", built.Folder)).ExitCode);
                File.Delete(file);
            }

            File.Move(aside, file);
        }
    }

    private static byte[] Noise(Random random)
    {
        var noise = new byte[random.Next(1, 5000)];
        random.NextBytes(noise);
        return noise;
    }

    private async Task<TrailBuilder> BuiltAsync()
    {
        var built = new TrailBuilder(new SpiffeCa(clock: _clock), _clock);
        await built.RotateAsync();
        await built.MintAsync();
        await built.CheckpointAsync();
        return built;
    }
}

using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;
using Sallyport.Gateway.Attestation;
using Sallyport.Gateway.Audit;
using Sallyport.Gateway.Keys;
using Sallyport.Gateway.Proof;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Proof;

/// <summary>Whatever is changed, dropped, reordered, repeated or put in from elsewhere is found and named.</summary>
public sealed class TamperingTests
{
    private readonly FakeClock _clock = new();

    [Fact]
    [Trait("Acceptance", "A5")]
    public async Task Every_byte_of_an_archive_matters()
    {
        await using var built = await SmallAsync();
        (await built.VerifyAsync()).IsProven();
        var endOfTrail = new FileInfo(built.Days[^1]).Length;
        foreach (var file in Directory.GetFiles(built.Folder, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != "lock"))
        {
            var good = await File.ReadAllBytesAsync(file);
            for (var at = 0; at < good.Length; at++)
            {
                var bad = (byte[])good.Clone();
                bad[at] ^= 1;
                await File.WriteAllBytesAsync(file, bad);
                var report = await built.VerifyAsync();
                // The time of the very last record is nobody's statement until the next checkpoint: that it fits the checkpoint in it to a minute is all that is known.
                if (report.State == LinkState.Proven && file == built.Days[^1] && IsLastTime(good, at)) continue;
                // Tokens and records end in whole seconds: nothing goes by the milliseconds of a key's end.
                if (report.State == LinkState.Proven && file == built.KeyFile && IsMillisecondOfEnd(good, at)) continue;
                Assert.True(report.State != LinkState.Proven, $"{file} byte {at}: {Encoding.UTF8.GetString(bad.AsSpan(Math.Max(0, at - 20), Math.Min(40, bad.Length - Math.Max(0, at - 20))))}");
            }

            await File.WriteAllBytesAsync(file, good);
        }

        (await built.VerifyAsync()).IsProven();
        Assert.Equal(endOfTrail, new FileInfo(built.Days[^1]).Length);
    }

    [Fact]
    [Trait("Acceptance", "A5")]
    public async Task Every_letter_of_a_token_matters()
    {
        await using var built = await SmallAsync();
        var token = await built.MintAsync();
        await built.CheckpointAsync();
        (await built.VerifyAsync(token)).IsProven();
        for (var at = 0; at < token.Length; at++)
        {
            var other = $"{token[..at]}{(token[at] == 'A' ? 'B' : 'A')}{token[(at + 1)..]}";
            if (ReadToken.Read(other, out _, out _) is null) continue;
            var report = await built.VerifyAsync(other);
            Assert.Equal(LinkState.Failed, report.State);
            Assert.NotEqual(LinkState.Proven, report.Link("signature").State);
        }
    }

    [Fact]
    [Trait("Acceptance", "A5")]
    public async Task A_token_with_other_claims_by_another_key_fails_on_the_recorded_hash_and_on_the_signature()
    {
        await using var built = await SmallAsync();
        var token = await built.MintAsync();
        await built.CheckpointAsync();
        (await built.VerifyAsync(token)).IsProven();
        using var thief = SigningKey.Generate(built.Key.Algorithm, 2048);
        var parts = token.Split('.');
        var claims = JsonNode.Parse(Base64Url.DecodeFromChars(parts[1]))!;
        claims["sub"] = "administrator";
        var signed = $"{parts[0]}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims.ToJsonString()))}";
        var report = await built.VerifyAsync($"{signed}.{Base64Url.EncodeToString(thief.Sign(Encoding.ASCII.GetBytes(signed)))}");
        report.Has(LinkState.Failed, "token_hash", "token_changed");
        report.Has(LinkState.Failed, "signature", "signature_invalid");
        report.Has(LinkState.Failed, "claims", "claims_mismatch");
        Assert.Contains("sub", report.Link("claims").Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("change a record", "trail", "chain_broken")]
    [InlineData("change what a checkpoint stands on", "checkpoints", "checkpoint_mismatch")]
    [InlineData("drop a record", "trail", "sequence_gap")]
    [InlineData("repeat a record", "trail", "sequence_gap")]
    [InlineData("swap two records", "trail", "sequence_gap")]
    [InlineData("swap their content", "trail", "chain_broken")]
    [InlineData("chain it anew", "checkpoints", "checkpoint_mismatch")]
    [InlineData("cut the end", "checkpoints", "records_missing")]
    [InlineData("cut the beginning", "trail", "start_missing")]
    [InlineData("drop a day", "trail", "sequence_gap")]
    [InlineData("drop the last day", "checkpoints", "records_missing")]
    [InlineData("white space", "trail", "line_malformed")]
    [InlineData("an empty line", "trail", "line_malformed")]
    [InlineData("a member more", "trail", "line_malformed")]
    [InlineData("a long line", "trail", "line_too_long")]
    [InlineData("compress", "trail", "line_malformed")]
    [InlineData("put in a start", "trail", "other_trail")]
    [InlineData("drop a checkpoint of the file", "checkpoints", "checkpoint_missing")]
    [InlineData("repeat a checkpoint of the file", "checkpoints", "checkpoint_unrecorded")]
    [InlineData("swap checkpoints of the file", "checkpoints", "checkpoint_missing")]
    [InlineData("a token as a checkpoint", "checkpoints", "checkpoint_typ")]
    [InlineData("forge a checkpoint", "checkpoints", "checkpoint_unrecorded")]
    [InlineData("change the archived key", "signature", "archive_damaged")]
    [InlineData("put another key in its place", "signature", "archive_damaged")]
    [InlineData("date the archived key back", "key_state", "key_dates")]
    [InlineData("change the endorsement", "endorsement", "endorsement_changed")]
    [InlineData("put another endorsement in its place", "endorsement", "endorsement_changed")]
    [InlineData("record of another trail", "trail", "chain_broken")]
    [InlineData("tail of another trail", "checkpoints", "other_trail")]
    [InlineData("checkpoints of another trail", "checkpoints", "other_trail")]
    [Trait("Acceptance", "A5")]
    [Trait("Acceptance", "A6")]
    public async Task What_was_done_to_it_is_named(string deed, string link, string reason)
    {
        await using var built = await SmallAsync(_clock);
        var token = await built.MintAsync("other");
        await built.CheckpointAsync();
        _clock.Advance(TimeSpan.FromDays(1));
        await built.RotateAsync();
        await built.MintAsync();
        await built.CheckpointAsync();
        _clock.Advance(TimeSpan.FromDays(1));
        await built.RotateAsync();
        await built.MintAsync();
        await built.CheckpointAsync();
        Assert.Equal(3, built.Days.Count);
        // It is about the first key.
        (await built.VerifyAsync(token)).IsProven();
        (await built.VerifyAsync()).IsProven();

        await DoAsync(deed, built, token);
        (await built.VerifyAsync(token)).Has(LinkState.Failed, link, reason);
    }

    [Theory]
    [InlineData("the trail", "trail", "archive_unreadable")]
    [InlineData("its days", "trail", "trail_missing")]
    [InlineData("the last line end", "trail", "line_unfinished")]
    [InlineData("the last checkpoint of the file", "checkpoints", "checkpoint_not_filed")]
    [InlineData("the endorsement", "endorsement", "endorsement_missing")]
    [InlineData("the key", "key_state", "key_not_archived")]
    [Trait("Acceptance", "A8")]
    public async Task What_is_gone_makes_it_unverifiable_and_is_never_passed_over(string what, string link, string reason)
    {
        await using var built = await SmallAsync(_clock);
        (await built.VerifyAsync()).IsProven();
        if (what == "the last line end") await built.MintAsync();
        switch (what)
        {
            case "the trail":
                Directory.Delete(built.TrailFolder, recursive: true);
                break;
            case "its days":
                foreach (var day in built.Days) File.Delete(day);
                File.Delete(built.Checkpoints);
                break;
            case "the last line end":
                await File.WriteAllBytesAsync(built.Days[^1], (await File.ReadAllBytesAsync(built.Days[^1]))[..^1]);
                break;
            case "the last checkpoint of the file":
                var lines = await File.ReadAllLinesAsync(built.Checkpoints);
                await File.WriteAllTextAsync(built.Checkpoints, string.Concat(lines[..^1].Select(line => line + "\n")));
                break;
            case "the endorsement":
                File.Delete(built.Endorsements[0]);
                break;
            default:
                File.Delete(built.KeyFile);
                break;
        }

        (await built.VerifyAsync()).Has(LinkState.Unverifiable, link, reason);
    }

    private static async Task DoAsync(string deed, TrailBuilder built, string token)
    {
        var day = built.Days[0];
        List<string> lines = [.. await File.ReadAllLinesAsync(day)];
        List<string> checkpoints = [.. await File.ReadAllLinesAsync(built.Checkpoints)];
        var at = lines.FindIndex(line => line.Contains("\"token_minted\"", StringComparison.Ordinal));
        var keyFile = built.KeyFileOf((string)JsonNode.Parse(lines[at])!["kid"]!);
        var endorsement = Directory.GetFiles(Path.Combine(built.Folder, "endorsements", Path.GetFileNameWithoutExtension(keyFile))).Single();
        switch (deed)
        {
            case "change a record": lines[at] = lines[at].Replace("\"billing\"", "\"robbing\"", StringComparison.Ordinal); break;
            case "change what a checkpoint stands on": lines[at + 1] = lines[at + 1].Replace("\"billing\"", "\"robbing\"", StringComparison.Ordinal); break;
            case "drop a record": lines.RemoveAt(at); break;
            case "repeat a record": lines.Insert(at, lines[at]); break;
            case "swap two records": (lines[at], lines[at + 1]) = (lines[at + 1], lines[at]); break;
            case "swap their content":
                var (one, two) = (JsonNode.Parse(lines[at])!, JsonNode.Parse(lines[at + 1])!);
                (one["seq"], two["seq"]) = ((long)two["seq"]!, (long)one["seq"]!);
                (lines[at], lines[at + 1]) = (two.ToJsonString(), one.ToJsonString());
                break;
            case "chain it anew": Rechain(lines, at); await RechainOthersAsync(built, lines); break;
            case "cut the end":
                foreach (var other in built.Days.Skip(1)) File.Delete(other);
                break;
            case "cut the beginning": lines.RemoveRange(0, 2); break;
            case "drop a day": File.Delete(built.Days[1]); break;
            case "drop the last day": File.Delete(built.Days[2]); break;
            case "white space": lines[at] = lines[at].Replace(",\"", ", \"", StringComparison.Ordinal); break;
            case "an empty line": lines.Insert(at, ""); break;
            case "a member more": lines[at] = lines[at].Replace(",\"prevHash\"", ",\"also\":1,\"prevHash\"", StringComparison.Ordinal); break;
            case "a long line": lines[at] = lines[at] + new string(' ', 70_000); break;
            case "compress":
                await using (var file = File.Create(day))
                await using (var packed = new System.IO.Compression.GZipStream(file, System.IO.Compression.CompressionLevel.Fastest))
                    await packed.WriteAsync(Encoding.UTF8.GetBytes(string.Join('\n', lines)));
                await File.AppendAllTextAsync(day, "\n");
                return;
            case "put in a start": lines.Add(lines[0]); break;
            case "drop a checkpoint of the file": checkpoints.RemoveAt(0); break;
            case "repeat a checkpoint of the file": checkpoints.Insert(0, checkpoints[0]); break;
            case "swap checkpoints of the file": (checkpoints[0], checkpoints[1]) = (checkpoints[1], checkpoints[0]); break;
            case "a token as a checkpoint": checkpoints.Insert(1, token); break;
            case "forge a checkpoint": checkpoints.Insert(1, Forged(built, checkpoints[0])); break;
            case "change the archived key":
                var key = await File.ReadAllTextAsync(keyFile);
                await File.WriteAllTextAsync(keyFile, key.Replace("\"use\"", "\"uses\"", StringComparison.Ordinal));
                break;
            case "put another key in its place": File.Copy(built.KeyFile, keyFile, overwrite: true); break;
            case "date the archived key back":
                var dated = JsonNode.Parse(await File.ReadAllTextAsync(keyFile))!;
                dated["preparedAt"] = (long)dated["preparedAt"]! - 1;
                await File.WriteAllTextAsync(keyFile, dated.ToJsonString());
                break;
            case "change the endorsement": await File.WriteAllTextAsync(endorsement, (await File.ReadAllTextAsync(endorsement))[..^4] + "AAAA"); break;
            case "put another endorsement in its place": File.Copy(built.Endorsements[0], endorsement, overwrite: true); break;
            default:
                await using (var other = await SmallAsync((FakeClock)built.Clock, (SigningKey?)null))
                {
                    var theirs = await File.ReadAllLinesAsync(other.Days[0]);
                    if (deed == "record of another trail") lines[at] = theirs[at];
                    if (deed == "tail of another trail") lines = [.. lines[..at], .. theirs[at..]];
                    if (deed == "checkpoints of another trail") checkpoints = [.. await File.ReadAllLinesAsync(other.Checkpoints)];
                }

                break;
        }

        if (deed != "drop a day") await WriteAsync(day, lines);
        await WriteAsync(built.Checkpoints, checkpoints);
    }

    private static Task WriteAsync(string path, IEnumerable<string> lines) => File.WriteAllTextAsync(path, string.Concat(lines.Select(line => line + "\n")));

    // What somebody does who can write the files and has no key: another subject, and every hash after it put right.
    private static void Rechain(List<string> lines, int at)
    {
        lines[at] = lines[at].Replace("\"billing\"", "\"robbing\"", StringComparison.Ordinal);
        for (var i = at + 1; i < lines.Count; i++)
        {
            var line = TrailLine.Read(Encoding.UTF8.GetBytes(lines[i]))!;
            lines[i] = Encoding.UTF8.GetString((line with { PreviousHash = TrailLine.HashOf(Encoding.UTF8.GetBytes(lines[i - 1])) }).ToJson());
        }
    }

    private static async Task RechainOthersAsync(TrailBuilder built, List<string> first)
    {
        var last = first[^1];
        foreach (var day in built.Days.Skip(1))
        {
            List<string> lines = [last, .. await File.ReadAllLinesAsync(day)];
            var whole = lines.ToList();
            for (var i = 1; i < whole.Count; i++)
            {
                var line = TrailLine.Read(Encoding.UTF8.GetBytes(whole[i]))!;
                whole[i] = Encoding.UTF8.GetString((line with { PreviousHash = TrailLine.HashOf(Encoding.UTF8.GetBytes(whole[i - 1])) }).ToJson());
            }

            last = whole[^1];
            await WriteAsync(day, whole.Skip(1));
        }
    }

    private static string Forged(TrailBuilder built, string checkpoint)
    {
        using var thief = SigningKey.Generate(built.Key.Algorithm, 2048);
        var signed = checkpoint[..checkpoint.LastIndexOf('.')];
        return $"{signed}.{Base64Url.EncodeToString(thief.Sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    private static bool IsMillisecondOfEnd(byte[] key, int at)
    {
        var end = key.AsSpan().IndexOf("\"notAfter\":"u8) + 11;
        return at >= end + 10 && at < end + 13;
    }

    private static bool IsLastTime(byte[] trail, int at)
    {
        var start = trail.AsSpan(0, trail.Length - 1).LastIndexOf((byte)'\n') + 1;
        var time = start + trail.AsSpan(start).IndexOf("\"time\":\""u8) + 8;
        return at >= time && at < time + 24;
    }

    private static async Task<TrailBuilder> SmallAsync(FakeClock? clock = null, SigningKey? key = null)
    {
        clock ??= new FakeClock();
        var built = new TrailBuilder(new SpiffeCa(clock: clock), clock);
        await built.RotateAsync(key: key);
        await built.MintAsync();
        await built.MintAsync();
        await built.CheckpointAsync();
        return built;
    }
}

using System.Diagnostics;
using System.Runtime.Versioning;
using Sallyport.Gateway.Audit;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Audit;

/// <summary>The trail in files, on a real disk.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class FileTrailTests : IDisposable
{
    private readonly TrailFolder _folder = new();

    [Fact]
    public async Task A_trail_starts_with_its_name_and_its_lines_are_chained()
    {
        await TrailFolder.Append(_folder.Open(), "one", "two");
        var head = await TrailFolder.Append(_folder.Open(), "three");

        var records = _folder.Records();
        Assert.Equal([AuditEvent.TrailStarted, AuditEvent.TokenMinted, AuditEvent.TokenMinted, AuditEvent.TokenMinted], records.Select(record => record.Event));
        Assert.Equal(("https://gateway.example.com", 22, 4), (records[0].Issuer, records[0].Trail!.Length, head.Count));
        Assert.Equal(records[0].Trail, head.Trail);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Assert.Single(_folder.Days)));
        Assert.All([_folder.Root, _folder.Trail], path => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, new DirectoryInfo(path).UnixFileMode));
    }

    [Fact]
    public async Task Several_writers_of_one_machine_share_a_trail()
    {
        var writers = Enumerable.Range(0, 4).Select(_ => _folder.Write()).ToList();
        await Task.WhenAll(writers.SelectMany((writer, i) => Enumerable.Range(0, 50).Select(j => writer.AppendAsync(TrailFolder.Record($"{i}-{j}"), default))));
        foreach (var writer in writers) await writer.DisposeAsync();

        Assert.Equal(Enumerable.Range(0, 200).Select(i => $"{i / 50}-{i % 50}").Order(StringComparer.Ordinal), _folder.Names().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Whatever_byte_a_crash_came_at_the_trail_opens_says_what_was_cut_and_goes_on()
    {
        await TrailFolder.Append(_folder.Open(), "one", "two", "three");
        var day = Assert.Single(_folder.Days);
        var whole = await File.ReadAllBytesAsync(day);
        for (var length = 0; length <= whole.Length; length++)
        {
            await File.WriteAllBytesAsync(day, whole[..length]);
            foreach (var cut in Directory.GetFiles(_folder.Trail, "cut-*")) File.Delete(cut);
            await TrailFolder.Append(_folder.Open(), "after");
            await TrailFolder.Append(_folder.Open(), "later");

            var left = Array.LastIndexOf(whole, (byte)'\n', Math.Max(0, length - 1)) + 1;
            if (length == 0) left = 0;
            var lines = whole.AsSpan(0, left).Count((byte)'\n');
            var records = _folder.Records();
            var told = records.Where(record => record.Event == AuditEvent.TrailCut).ToList();
            Assert.Equal(length > left ? 1 : 0, told.Count);
            Assert.Equal([.. ((string[])["one", "two", "three"]).Take(Math.Max(0, lines - 1)), "after", "later"], _folder.Names());
            if (length == left) continue;
            var torn = whole[left..length];
            var kept = Assert.Single(Directory.GetFiles(_folder.Trail, "cut-*.bin"));
            Assert.Equal(torn, await File.ReadAllBytesAsync(kept));
            Assert.Equal($"cut-{records.ToList().IndexOf(told[0]) + 1}.bin", Path.GetFileName(kept));
            Assert.Equal(TrailLine.HashOf(torn), told[0].Hash);
            Assert.StartsWith($"{torn.Length} bytes", told[0].Detail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_a_running_writer_finds_torn_by_another_it_cuts_off_too()
    {
        var survivor = _folder.Open();
        await TrailFolder.Append(survivor, "one");
        await TrailFolder.Append(_folder.Open(), "two");
        await File.AppendAllTextAsync(Assert.Single(_folder.Days), "{\"seq\":4,\"ti");

        await TrailFolder.Append(survivor, "three");

        Assert.Equal(["one", "two", "three"], _folder.Names());
        Assert.Single(_folder.Records(), record => record.Event == AuditEvent.TrailCut);
    }

    [Fact]
    public async Task A_crash_between_cutting_and_telling_is_told_of_at_the_next_opening()
    {
        await TrailFolder.Append(_folder.Open(), "one");
        await File.WriteAllTextAsync(_folder.At("cut-3.bin"), "{\"seq");

        await TrailFolder.Append(_folder.Open(), "two");

        var told = Assert.Single(_folder.Records(), record => record.Event == AuditEvent.TrailCut);
        Assert.Equal(TrailLine.HashOf("{\"seq"u8), told.Hash);
        await TrailFolder.Append(_folder.Open(), "three");
        Assert.Single(_folder.Records(), record => record.Event == AuditEvent.TrailCut);
    }

    [Fact]
    public async Task Damage_is_never_repaired_in_silence()
    {
        await TrailFolder.Append(_folder.Open(), "one", "two", "three");
        var day = Assert.Single(_folder.Days);
        var good = await File.ReadAllTextAsync(day);
        var lines = good.Split('\n');
        string[] damaged =
        [
            good + "{}\n",
            good + "\n",
            good.Replace("\"two\"", "\"2wo\"", StringComparison.Ordinal),
            good.Replace("\"three\"", "\"thr33\"", StringComparison.Ordinal) + lines[3] + "\n",
            string.Join('\n', lines.Where((_, i) => i != 1)),
            string.Join('\n', (string[])[lines[0], lines[2], lines[1], lines[3], ""]),
            string.Join('\n', (string[])[lines[0], lines[1], lines[1], lines[2], lines[3], ""]),
            string.Join('\n', lines.Skip(1)),
            "\0" + good,
            good[..100] + "\n" + good[100..],
        ];
        foreach (var text in damaged)
        {
            await File.WriteAllTextAsync(day, text);
            await Assert.ThrowsAsync<AuditUnavailableException>(() => TrailFolder.Append(_folder.Open(), "four"));
            Assert.Equal(text, await File.ReadAllTextAsync(day));
        }

        await File.WriteAllTextAsync(day, good);
        await TrailFolder.Append(_folder.Open(), "four");
        Assert.Equal(["one", "two", "three", "four"], _folder.Names());
    }

    [Fact]
    public async Task Records_that_a_writer_knows_of_cannot_be_taken_away_while_it_runs()
    {
        var trail = _folder.Open();
        await TrailFolder.Append(trail, "one");
        var before = await File.ReadAllBytesAsync(Assert.Single(_folder.Days));
        await TrailFolder.Append(trail, "two");
        var after = await File.ReadAllBytesAsync(Assert.Single(_folder.Days));

        await File.WriteAllBytesAsync(_folder.Days[0], before);
        await Assert.ThrowsAsync<AuditUnavailableException>(() => TrailFolder.Append(trail, "three"));
        await Assert.ThrowsAsync<AuditUnavailableException>(() => TrailFolder.Append(trail, "three"));

        await File.WriteAllBytesAsync(_folder.Days[0], after);
        await TrailFolder.Append(trail, "three");
        Assert.Equal(["one", "two", "three"], _folder.Names());
    }

    [Fact]
    public async Task Each_day_has_a_file_and_a_clock_that_goes_back_never_opens_an_older_one()
    {
        var clock = new FakeClock(new DateTimeOffset(2030, 1, 2, 23, 59, 0, TimeSpan.Zero));
        var trail = _folder.Open(clock);
        await TrailFolder.Append(trail, "one");
        clock.Advance(TimeSpan.FromMinutes(2));
        await TrailFolder.Append(trail, "two");
        var early = new FakeClock(new DateTimeOffset(2029, 12, 31, 0, 0, 0, TimeSpan.Zero));
        await TrailFolder.Append(_folder.Open(early), "three");
        await TrailFolder.Append(trail, "four");

        Assert.Equal(["2030-01-02.jsonl", "2030-01-03.jsonl"], _folder.Days.Select(Path.GetFileName));
        Assert.Equal(["one", "two", "three", "four"], _folder.Names());
        Assert.Equal(2, (await File.ReadAllLinesAsync(_folder.Days[0])).Length);

        // A whole day that is missing is damage: to whoever opens the trail, or knew of it.
        foreach (var day in _folder.Days)
        {
            File.Move(day, day + ".away");
            var who = day.Contains("2030-01-02", StringComparison.Ordinal) ? _folder.Open(clock) : trail;
            await Assert.ThrowsAsync<AuditUnavailableException>(() => TrailFolder.Append(who, "five"));
            File.Move(day + ".away", day);
        }

        await TrailFolder.Append(trail, "five");
        Assert.Equal(["one", "two", "three", "four", "five"], _folder.Names());
    }

    [Fact]
    [Trait("Acceptance", "B7")]
    public async Task A_directory_that_cannot_be_one_or_is_gone_takes_nothing_and_goes_on_when_it_is_back()
    {
        Directory.CreateDirectory(_folder.Root);
        await File.WriteAllTextAsync(_folder.Trail, "in the way");
        var trail = _folder.Open();
        await Assert.ThrowsAsync<AuditUnavailableException>(() => TrailFolder.Append(trail, "one"));
        File.Delete(_folder.Trail);
        await TrailFolder.Append(trail, "one");

        Directory.Move(_folder.Root, _folder.Root + ".away");
        await Assert.ThrowsAsync<AuditUnavailableException>(() => TrailFolder.Append(trail, "two"));
        Assert.False(Directory.Exists(_folder.Root));
        Directory.Move(_folder.Root + ".away", _folder.Root);
        await TrailFolder.Append(trail, "two");
        Assert.Equal(["one", "two"], _folder.Names());
    }

    [Fact]
    [Trait("Acceptance", "B7")]
    public async Task A_full_disk_takes_nothing_of_a_batch_and_the_next_goes_on_when_there_is_room()
    {
        Directory.CreateDirectory(_folder.Root);
        // Only who may mount has a disk to fill; where nobody may, the test of the process with a limit on the size of files stands for it.
        if (!await Mount("-t", "tmpfs", "-o", "size=64k", "tmpfs", _folder.Root)) return;
        try
        {
            var trail = _folder.Open();
            await TrailFolder.Append(trail, "one");
            var padding = Path.Combine(_folder.Root, "padding");
            await Assert.ThrowsAnyAsync<IOException>(() => File.WriteAllBytesAsync(padding, new byte[128 * 1024]));
            string[] many = [.. Enumerable.Range(0, 100).Select(i => $"{i}-{new string('x', 500)}")];
            for (var i = 0; i < 3; i++)
            {
                await Assert.ThrowsAsync<AuditUnavailableException>(() => TrailFolder.Append(trail, many));
                Assert.Equal(["one"], _folder.Names());
            }

            File.Delete(padding);
            await TrailFolder.Append(trail, "two");
            Assert.Equal(["one", "two"], _folder.Names());
        }
        finally
        {
            await Run("umount", _folder.Root);
        }
    }

    public void Dispose() => _folder.Dispose();

    private static Task<bool> Mount(params string[] arguments) => Run("mount", arguments);

    private static async Task<bool> Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false })!;
            await process.WaitForExitAsync();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}

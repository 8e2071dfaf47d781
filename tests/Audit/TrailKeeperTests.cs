using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Sallyport.Gateway.Audit;
using Sallyport.Gateway.Issuing;
using Sallyport.Gateway.Keys;
using Sallyport.Gateway.Tokens;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Audit;

/// <summary>Checkpoints of a trail in files.</summary>
public sealed class TrailKeeperTests : IDisposable
{
    private static readonly DateTimeOffset Ends = DateTimeOffset.UtcNow.AddDays(1);

    private readonly TrailFolder _folder = new();
    private readonly OwnKeys _keys = new();
    private readonly SigningKey _key = SigningKey.Generate(Algorithm.Find("ES256")!, 2048);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_process_left_out_of_the_second_file_is_put_in_by_another_that_had_the_trail_open(bool isCrashed)
    {
        var (one, other) = (_folder.Open(), _folder.Open());
        await TrailFolder.Append(other, "before");
        var checkpoint = $"e30.{System.Buffers.Text.Base64Url.EncodeToString("{\"count\":2}"u8)}.e30";
        await one.AppendAsync(_ => [new AuditRecord { Event = AuditEvent.Checkpoint, Time = DateTimeOffset.UnixEpoch, Checkpoint = checkpoint }], default);
        Assert.Equal([checkpoint], await File.ReadAllLinesAsync(_folder.CheckpointFile));
        if (isCrashed) await File.WriteAllBytesAsync(_folder.CheckpointFile, []);

        await TrailFolder.Append(other, "after");
        Assert.Equal([checkpoint], await File.ReadAllLinesAsync(_folder.CheckpointFile));
    }

    [Fact]
    public async Task A_checkpoint_is_signed_after_so_many_records_and_says_which()
    {
        Publish();
        await using var writer = _folder.Write();
        using var keeper = Keeper(writer, every: 5, after: TimeSpan.FromDays(1));
        await keeper.StartAsync(default);
        for (var i = 0; i < 4; i++) await writer.AppendAsync(TrailFolder.Record($"{i}"), default);
        await Poll.Until(() => Checkpoints().Count == 1);

        var checkpoint = Assert.Single(Checkpoints());
        Assert.Null(JwsCheck.Check(checkpoint, JwkSet.Of(_key.Public), Algorithm.All));
        var (header, payload) = (InnerDoor.Part(checkpoint, 0), InnerDoor.Part(checkpoint, 1));
        Assert.Equal(("ES256", CheckpointText.Type, _key.KeyId), ((string?)header["alg"], (string?)header["typ"], (string?)header["kid"]));
        var lines = await File.ReadAllLinesAsync(Assert.Single(_folder.Days));
        var count = (int)payload["count"]!;
        Assert.Equal((5, TrailLine.HashOf(Encoding.UTF8.GetBytes(lines[4])), _folder.Records()[0].Trail), (count, (string?)payload["head"], (string?)payload["trail"]));

        // The second file is written after the trail: only who stopped has surely written it.
        await keeper.StopAsync(default);
        Assert.Equal(checkpoint, (await File.ReadAllLinesAsync(_folder.CheckpointFile)).Single());
        Assert.Single(Checkpoints());
    }

    [Fact]
    public async Task A_checkpoint_is_signed_after_a_while_and_is_no_reason_for_another()
    {
        Publish();
        await using var writer = _folder.Write();
        using var keeper = Keeper(writer, every: 1000, after: TimeSpan.FromMilliseconds(200));
        await keeper.StartAsync(default);
        await writer.AppendAsync(TrailFolder.Record("one"), default);
        await Poll.Until(() => writer.Head!.IsSettled && Checkpoints().Count > 0);
        var there = Checkpoints().Count;
        var looked = _folder.Open();
        for (var i = 0; i < 20; i++) await TrailFolder.Append(looked);
        await keeper.StopAsync(default);
        Assert.Equal(there, Checkpoints().Count);
    }

    [Fact]
    public async Task At_an_orderly_stop_what_is_left_is_covered()
    {
        Publish();
        await using var writer = _folder.Write();
        using var keeper = Keeper(writer, every: 1000, after: TimeSpan.FromDays(1));
        await keeper.StartAsync(default);
        await writer.AppendAsync(TrailFolder.Record("one"), default);
        await keeper.StopAsync(default);
        Assert.Equal(2, CheckpointText.CountOf(Assert.Single(Checkpoints())));
    }

    [Fact]
    public async Task Without_a_key_it_is_signed_later()
    {
        await using var writer = _folder.Write();
        using var keeper = Keeper(writer, every: 1, after: TimeSpan.FromMilliseconds(100));
        await keeper.StartAsync(default);
        await writer.AppendAsync(TrailFolder.Record("one"), default);
        Assert.Empty(Checkpoints());
        Publish();
        await Poll.Until(() => Checkpoints().Count > 0);
        await keeper.StopAsync(default);
    }

    [Fact]
    public async Task Of_several_that_sign_at_once_one_comes_first_and_the_others_leave_it()
    {
        Publish();
        var writers = Enumerable.Range(0, 3).Select(_ => _folder.Write()).ToList();
        var keepers = writers.Select(writer => Keeper(writer, every: 1000, after: TimeSpan.FromMilliseconds(150))).ToList();
        foreach (var keeper in keepers) await keeper.StartAsync(default);
        await Poll.Until(() => writers.TrueForAll(writer => writer.Head!.IsSettled));
        foreach (var keeper in keepers) await keeper.StopAsync(default);
        foreach (var writer in writers) await writer.DisposeAsync();

        var covered = Checkpoints().Select(checkpoint => CheckpointText.CountOf(checkpoint)!.Value).ToList();
        Assert.Equal(covered.Distinct().Order(), covered);
        foreach (var keeper in keepers) keeper.Dispose();
    }

    [Fact]
    public async Task A_checkpoint_that_a_crash_left_out_of_the_second_file_is_put_in_when_the_trail_opens()
    {
        Publish();
        await using (var writer = _folder.Write())
        {
            using var keeper = Keeper(writer, every: 3, after: TimeSpan.FromDays(1));
            await keeper.StartAsync(default);
            for (var i = 0; i < 2; i++) await writer.AppendAsync(TrailFolder.Record($"{i}"), default);
            await Poll.Until(() => Checkpoints().Count == 1);
            await keeper.StopAsync(default);
        }

        var whole = await File.ReadAllBytesAsync(_folder.CheckpointFile);
        for (var length = 0; length <= whole.Length; length += 7)
        {
            await File.WriteAllBytesAsync(_folder.CheckpointFile, whole[..length]);
            await TrailFolder.Append(_folder.Open());
            Assert.Equal(whole, await File.ReadAllBytesAsync(_folder.CheckpointFile));
        }

        // One that tells of more records than there are is damage: the end of the trail was taken away.
        var day = Assert.Single(_folder.Days);
        var lines = await File.ReadAllLinesAsync(day);
        await File.WriteAllTextAsync(day, string.Concat(lines.Take(2).Select(line => line + "\n")));
        await Assert.ThrowsAsync<AuditUnavailableException>(() => TrailFolder.Append(_folder.Open(), "more"));
    }

    public void Dispose()
    {
        _key.Dispose();
        _folder.Dispose();
    }

    private void Publish() => _keys.Publish(new OpenRing(1, new ActiveKey(_key, Ends), JwkSet.Of(_key.Public), null));

    private TrailKeeper Keeper(TrailWriter writer, int every, TimeSpan after) => new(
        new AuditOptions { Sink = AuditSinkKind.File, Directory = _folder.Root, CheckpointEvery = every, CheckpointAfter = after, Issuer = "https://gateway.example.com" },
        writer,
        TimeProvider.System,
        NullLogger<TrailKeeper>.Instance,
        new CheckpointSigner(_keys, TimeProvider.System));

    private List<string> Checkpoints() => [.. _folder.Records().Where(record => record.Event == AuditEvent.Checkpoint).Select(record => record.Checkpoint!)];
}

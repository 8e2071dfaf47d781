using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Sallyport.Gateway.Audit;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Audit;

/// <summary>One writer for all who record in a process.</summary>
public sealed class TrailWriterTests : IDisposable
{
    private readonly TrailFolder _folder = new();

    [Fact]
    public async Task Sixty_four_clients_share_flushes_and_none_goes_without()
    {
        const int rounds = 5;
        const int clients = 64;
        var store = _folder.Open();
        await using var writer = new TrailWriter(store, NullLogger<TrailWriter>.Instance);
        await writer.AppendAsync(TrailFolder.Record("first"), default);
        for (var alone = 0; alone < 10; alone++)
        {
            // Each alone: a flush each.
            var before = store.Flushes;
            await writer.AppendAsync(TrailFolder.Record($"alone-{alone}"), default);
            Assert.Equal(before + 1, store.Flushes);
        }

        var start = store.Flushes;
        for (var round = 0; round < rounds; round++)
        {
            Task[] waiting;
            // A flush that takes its time: that of another process, whose lock it is.
            using (OwnFile.Open(_folder.Lock, FileMode.OpenOrCreate, FileShare.None))
            {
                waiting = [.. Enumerable.Range(0, clients).Select(i => writer.AppendAsync(TrailFolder.Record($"{round}-{i}"), default))];
                Assert.All(waiting, task => Assert.False(task.IsCompleted));
            }

            await Task.WhenAll(waiting);
        }

        var flushes = store.Flushes - start;
        Assert.InRange(flushes, rounds, rounds * clients / 5);
        Assert.Equal((rounds * clients) + 11, _folder.Names().Count);
    }

    [Fact]
    [Trait("Acceptance", "B7")]
    public async Task Nobody_waits_for_ever_and_the_next_is_written_as_soon_as_it_can_be()
    {
        await using var writer = _folder.Write();
        await writer.AppendAsync(TrailFolder.Record("one"), default);
        using (OwnFile.Open(_folder.Lock, FileMode.OpenOrCreate, FileShare.None))
        {
            await Assert.ThrowsAsync<AuditUnavailableException>(() => writer.AppendAsync(TrailFolder.Record("two"), default));
            Assert.NotNull(writer.Problem);
        }

        await writer.AppendAsync(TrailFolder.Record("three"), default);
        Assert.Null(writer.Problem);
        Assert.Equal(["one", "three"], _folder.Names());
    }

    [Fact]
    public async Task A_record_that_could_not_be_read_again_does_not_come_into_the_trail()
    {
        await using var writer = _folder.Write();
        var trail = new AuditTrail(NullLogger<AuditTrail>.Instance, writer);
        await trail.RecordAsync(TrailFolder.Record("one"), default);
        await Assert.ThrowsAsync<AuditUnavailableException>(() => trail.RecordAsync(TrailFolder.Record(new string('x', TrailLine.MaxBytes)), default).AsTask());
        await trail.RecordAsync(TrailFolder.Record(new string('x', TrailLine.MaxBytes / 2)), default);
        Assert.Equal(2, _folder.Names().Count);
    }

    [Fact]
    public async Task In_an_emergency_what_the_trail_does_not_take_goes_to_the_log()
    {
        Directory.CreateDirectory(_folder.Root);
        await File.WriteAllTextAsync(_folder.Trail, "in the way");
        await using var writer = _folder.Write();
        using var logs = new LogSink();
        using var factory = LoggerFactory.Create(builder => builder.AddProvider(logs));
        var trail = new AuditTrail(factory.CreateLogger<AuditTrail>(), writer);
        await Assert.ThrowsAsync<AuditUnavailableException>(() => trail.RecordAsync(TrailFolder.Record("one"), default).AsTask());
        await trail.TryRecordAsync(TrailFolder.Record("two"), default);
        Assert.Equal(0, trail.Unaudited);

        trail.IsUnauditedAllowed = true;
        await trail.RecordAsync(TrailFolder.Record("three"), default);
        Assert.Equal(1, trail.Unaudited);
        Assert.Contains("\"three\"", Assert.Single(logs.Entries).Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}

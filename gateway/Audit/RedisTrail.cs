using System.Diagnostics;
using System.Globalization;
using Sallyport.Gateway.Redis;
using StackExchange.Redis;

namespace Sallyport.Gateway.Audit;

/// <summary>A trail in Redis, one for all replicas.</summary>
/// <remarks>
/// <code>
///   {audit}:head         string  SEQ.HASH.TRAIL, of the last line
///   {audit}:trail        stream  records: SEQ-0, line
///   {audit}:checkpoints  stream  checkpoints again: SEQ-0, jws
/// </code>
/// Appended by a script that compares the head: of replicas that come at once one is first, and the others read what it wrote and come again. Where an answer is lost, the
/// lines themselves tell whether they were written. What Redis has lost is lost: the trail goes on from what is there, and says so.
/// </remarks>
internal sealed class RedisTrail(RedisConnection redis, string? issuer, TimeProvider clock) : ITrailStore
{
    private const int SliceLines = 500;
    private const long MostToReadOn = 20_000;

    // Less than whoever records waits.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly RedisKey[] _keys = [redis.Prefix + "{audit}:head", redis.Prefix + "{audit}:trail", redis.Prefix + "{audit}:checkpoints"];
    private TrailHead? _known;
    private string? _lost;
    private bool _isDurabilityAsked;

    public string Place => $"Redis, prefix {redis.Prefix}";

    public string? Durability { get; private set; }

    public async Task<TrailHead> AppendAsync(Func<TrailHead, IReadOnlyList<AuditRecord>> compose, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        TrailPage? unsure = null;
        while (true)
        {
            try
            {
                if (!_isDurabilityAsked) await AskDurabilityAsync();
                var head = await ReadOnAsync();
                if (unsure is not null)
                {
                    if (await StandsAsync(unsure, head)) return head;
                    // Sent once more as it was: should the first still arrive, one of the two finds another head.
                    if (head.Count >= unsure.Head.Count - unsure.Lines.Count + 1) unsure = null;
                }

                var page = unsure ?? Compose(head, compose);
                if (page.Lines.Count == 0) return head;
                unsure = page;
                var answer = await WriteAsync(page, head);
                if (answer == 1)
                {
                    (_known, _lost) = (page.Head, null);
                    return page.Head;
                }

                if (answer != 0) throw new AuditUnavailableException($"the audit trail in {Place} does not end where its head says: somebody changed it. Nothing is appended to a damaged trail: export it, look into it with audit verify, and begin another one under another prefix");
                // Another was faster: this one is not written, and never will be.
                unsure = null;
            }
            catch (RedisAwayException e)
            {
                if (Stopwatch.GetElapsedTime(started) >= Patience || (unsure is null && !redis.IsThere)) throw new AuditUnavailableException($"the audit trail is in Redis, and {e.Message}", e);
                await Task.Delay(Pause, cancellation);
            }

            if (Stopwatch.GetElapsedTime(started) >= Patience) throw new AuditUnavailableException($"the audit trail in {Place} was not written within {Patience.TotalSeconds:0} s: others were faster each time");
        }
    }

    /// <summary>Lines of the trail, without line ends, from a number on: at most a few hundred, none at the end.</summary>
    /// <exception cref="RedisAwayException">It cannot be asked.</exception>
    public async Task<IReadOnlyList<byte[]>> ReadLinesAsync(long from, int most = SliceLines) => await EntriesAsync(_keys[1], from, most);

    /// <summary>Checkpoints, from that in record <paramref name="from"/> on, each with the number of its record.</summary>
    /// <exception cref="RedisAwayException">It cannot be asked.</exception>
    public Task<IReadOnlyList<(long Sequence, string Jws)>> ReadCheckpointsAsync(long from, int most = SliceLines) => redis.RunAsync<IReadOnlyList<(long, string)>>(
        RedisOperation.ReadAudit,
        RedisConnection.BackgroundTimeout,
        async database => [.. (await database.StreamRangeAsync(_keys[2], IdOf(from), "+", most)).Select(entry => (NumberOf(entry.Id!), (string?)entry.Values.FirstOrDefault().Value ?? ""))]);

    private TrailPage Compose(TrailHead head, Func<TrailHead, IReadOnlyList<AuditRecord>> compose)
    {
        var page = TrailPage.After(head, issuer, clock.GetUtcNow());
        if (_lost is { } lost) page.Add(new AuditRecord { Event = AuditEvent.TrailCut, Time = clock.GetUtcNow(), Detail = lost });
        foreach (var record in compose(page.Head)) page.Add(record);
        return page;
    }

    private async Task<TrailHead> ReadOnAsync()
    {
        var (there, last, lastId, checkpoint) = await ReadAsync();
        if (_known is { } known)
        {
            if (there == TextOf(known)) return known;
            var end = Parse(there);
            if (end is { } ahead && ahead.Count > known.Count && ahead.Count - known.Count <= MostToReadOn && await FollowAsync(known, ahead.Count) is { } followed && TextOf(followed) == there) return _known = followed;
            // Too far ahead to read it all, or another trail than this process knew.
            if (end is null || end.Count <= known.Count || end.Trail != known.Trail || await IsForkedAsync(known))
                _lost = string.Create(CultureInfo.InvariantCulture, $"Redis has lost or changed records that were there: this process knew record {known.Count} with hash {known.Hash}");
        }

        return _known = Found(there, lastId, last, checkpoint);
    }

    private TrailHead Found(string there, string lastId, byte[] last, string checkpoint)
    {
        if (there.Length == 0 && lastId.Length == 0) return TrailHead.Empty;
        if (Parse(there) is not { } end || lastId != IdOf(end.Count) || TrailLine.Read(last) is not { } line || line.Sequence != end.Count || TrailLine.HashOf(last) != end.Hash)
            throw new AuditUnavailableException($"the audit trail in {Place} does not end where its head says: somebody changed it. Nothing is appended to a damaged trail: export it, look into it with audit verify, and begin another one under another prefix");
        return end with { Covered = Math.Min(end.Count, CheckpointText.CountOf(checkpoint) ?? 0), EndsWithCheckpoint = line.Record.Event == AuditEvent.Checkpoint };
    }

    /// <returns>Null where the lines do not follow.</returns>
    private async Task<TrailHead?> FollowAsync(TrailHead from, long to)
    {
        TrailHead? head = from;
        while (head is not null && head.Count < to)
        {
            var lines = await ReadLinesAsync(head.Count + 1, (int)Math.Min(SliceLines, to - head.Count));
            if (lines.Count == 0) return null;
            foreach (var line in lines) head = head?.Next(line);
        }

        return head;
    }

    private async Task<bool> IsForkedAsync(TrailHead known) =>
        await ReadLinesAsync(known.Count, 1) is not [var line] || TrailLine.HashOf(line) != known.Hash;

    private async Task<bool> StandsAsync(TrailPage page, TrailHead head)
    {
        if (head.Count < page.Head.Count) return false;
        var at = page.Head.Count - page.Lines.Count + 1;
        for (var i = 0; i < page.Lines.Count; i += SliceLines)
        {
            var lines = await ReadLinesAsync(at + i, Math.Min(SliceLines, page.Lines.Count - i));
            if (lines.Count == 0) return false;
            for (var j = 0; j < lines.Count; j++)
                if (!lines[j].AsSpan().SequenceEqual(page.Lines[i + j])) return false;
        }

        return true;
    }

    private async Task<(string Head, byte[] Line, string LineId, string Checkpoint)> ReadAsync()
    {
        var answer = await redis.RunAsync(RedisOperation.ReadAudit, RedisConnection.BackgroundTimeout, database => database.ScriptEvaluateAsync(RedisTrailScripts.Read, _keys));
        try
        {
            return ((string?)answer[0] ?? "", (byte[]?)answer[2] ?? [], (string?)answer[1] ?? "", (string?)answer[3] ?? "");
        }
        catch (Exception e) when (e is InvalidCastException or ArgumentException or IndexOutOfRangeException or NullReferenceException)
        {
            throw new AuditUnavailableException($"{Place} answers what is no trail", e);
        }
    }

    private async Task<long> WriteAsync(TrailPage page, TrailHead before)
    {
        var first = page.Head.Count - page.Lines.Count + 1;
        List<RedisValue> arguments = [before.Count == 0 ? "" : TextOf(before), before.Count == 0 ? "" : IdOf(before.Count), TextOf(page.Head), first, page.Lines.Count, .. page.Lines.Select(line => (RedisValue)line)];
        foreach (var checkpoint in page.Checkpoints)
        {
            arguments.Add(page.Head.Count);
            arguments.Add(checkpoint);
        }

        var answer = await redis.RunAsync(RedisOperation.AppendAudit, RedisConnection.BackgroundTimeout, database => database.ScriptEvaluateAsync(RedisTrailScripts.Append, _keys, [.. arguments]));
        return answer.Resp2Type == ResultType.Integer ? (long)answer : -1;
    }

    private Task<IReadOnlyList<byte[]>> EntriesAsync(RedisKey key, long from, int most) => redis.RunAsync<IReadOnlyList<byte[]>>(
        RedisOperation.ReadAudit,
        RedisConnection.BackgroundTimeout,
        async database => [.. (await database.StreamRangeAsync(key, IdOf(from), "+", most)).Select(entry => (byte[]?)entry.Values.FirstOrDefault().Value ?? [])]);

    // What is refused by the user's rights is no trouble of Redis: it is only not known then.
    private async Task AskDurabilityAsync()
    {
        Durability = await redis.RunAsync(RedisOperation.ReadAudit, RedisConnection.BackgroundTimeout, async database =>
        {
            try
            {
                var info = (string?)await database.ExecuteAsync("INFO", "persistence") ?? "";
                if (!info.Contains("aof_enabled:1", StringComparison.Ordinal))
                    return "Redis keeps no append-only file (appendonly no): what it has not written to the disk yet is lost with its process";
                var policy = (RedisResult[]?)await database.ExecuteAsync("CONFIG", "GET", "appendfsync");
                return (string?)policy?.ElementAtOrDefault(1) switch
                {
                    "always" => null,
                    "everysec" => "Redis flushes to the disk every second (appendfsync everysec): if its machine fails, up to a second of records is lost, though their tokens are out",
                    "no" => "Redis leaves it to its machine when to write to the disk (appendfsync no): if that fails, records are lost, though their tokens are out",
                    _ => Unknown,
                };
            }
            catch (RedisServerException)
            {
                return Unknown;
            }
        });
        _isDurabilityAsked = true;
    }

    private const string Unknown = "whether Redis flushes every record to the disk is not known, because its user may not ask (INFO, CONFIG GET appendfsync)";

    private static string TextOf(TrailHead head) => string.Create(CultureInfo.InvariantCulture, $"{head.Count}.{head.Hash}.{head.Trail}");

    private static TrailHead? Parse(string text) =>
        text.Split('.') is [var count, var hash, var trail] && long.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? new TrailHead(number, hash, trail, 0, EndsWithCheckpoint: false)
            : null;

    private static string IdOf(long sequence) => string.Create(CultureInfo.InvariantCulture, $"{sequence}-0");

    private static long NumberOf(string id) => long.TryParse(id.Split('-')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}

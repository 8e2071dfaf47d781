using System.Globalization;
using System.Text;
using Sallyport.Gateway.Attestation;
using Sallyport.Gateway.Audit;

namespace Sallyport.Gateway.Proof;

/// <summary>The checkpoints of a trail: each by a key of ours that signed then, over what stands there; each in the trail is in the file beside it, and the other way round.</summary>
/// <remarks>Both are in one order, so that they are read side by side and nothing is kept of them.</remarks>
internal sealed class CheckpointProof(Findings findings, ArchivedKeys keys, KeyHistory history, TrailWalk walk, RecentLines lines, ITrailSource source) : IAsyncDisposable
{
    // Replicas write with clocks of their own; a signature may take a while.
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    // Far more than are signed while a trail is read.
    private const int MostUnfiled = 10_000;

    private readonly List<(string Place, string Text)> _unfiled = [];
    private IAsyncEnumerator<TrailPiece>? _filed;
    private string? _next;
    private string _nextPlace = "";
    private bool _isFileRead;

    /// <summary>How many records the best checkpoint covers that holds.</summary>
    public long Covered { get; private set; }

    /// <summary>How many there are that hold.</summary>
    public long Good { get; private set; }

    private long _last;

    /// <summary>Opens the file, as it is now.</summary>
    public async ValueTask OpenAsync(CancellationToken cancellation)
    {
        _filed = source.CheckpointsAsync(cancellation).GetAsyncEnumerator(cancellation);
        await PeekAsync();
    }

    /// <summary>Looks at a record that should be a checkpoint.</summary>
    public async ValueTask TakeAsync(TrailLine line, string place)
    {
        var where = string.Create(CultureInfo.InvariantCulture, $"{place} (record {line.Sequence})");
        if (line.Record.Checkpoint is not { } text)
        {
            findings.Fail(LinkName.Checkpoints, "checkpoint_malformed", $"{where} says that it is a checkpoint, and has none.");
            return;
        }

        Judge(text, line, where);
        await CompareAsync(text, where);
    }

    /// <summary>Looks at what the file has beyond the trail, and at what was written to it since it was opened.</summary>
    public async ValueTask EndAsync(CancellationToken cancellation)
    {
        while (await PeekAsync() is { } text)
        {
            _next = null;
            Stray(text);
        }

        if (_unfiled.Count == 0) return;
        await foreach (var piece in source.CheckpointsAsync(cancellation))
            if (piece is { IsEnded: true, IsTooLong: false } && Encoding.Latin1.GetString(piece.Bytes.Span) is var text) _unfiled.RemoveAll(unfiled => unfiled.Text == text);
        for (var i = 0; i < _unfiled.Count - 1; i++) Unfiled(_unfiled[i].Place);
        if (_unfiled.Count > 0)
            findings.Doubt(LinkName.Checkpoints, "checkpoint_not_filed", $"{_unfiled[^1].Place} is the last checkpoint, and is not in checkpoints.jws: the process ended before it was written there, or it was taken away. The next start of a gateway puts it in again.");
    }

    public async ValueTask DisposeAsync()
    {
        if (_filed is not null) await _filed.DisposeAsync();
    }

    private void Judge(string text, TrailLine line, string where)
    {
        if (ReadCheckpoint.Read(text, out var reason, out var clause) is not { } read)
        {
            findings.Fail(LinkName.Checkpoints, reason, $"{where} {clause}.");
            return;
        }

        var record = line.Record;
        if (read.Jws.Header.KeyId != record.KeyId) Fail("checkpoint_mismatch", "names another key than its record");
        else if (read.Trail != walk.Name) Fail("other_trail", "is of another trail");
        else if (read.Issuer != walk.Issuer) Fail("checkpoint_mismatch", "is of another issuer");
        else if (read.Count >= line.Sequence || read.Count <= _last) Fail("checkpoint_order", string.Create(CultureInfo.InvariantCulture, $"covers {read.Count} records, which is no number that can stand there"));
        else if (lines.Find(read.Count) is not { } head) findings.Doubt(LinkName.Checkpoints, "checkpoint_far", $"{where} covers record {read.Count}, which is not there or too far before it.");
        else if (head.Hash != read.Head) Fail("checkpoint_mismatch", string.Create(CultureInfo.InvariantCulture, $"has another hash for record {read.Count} than that record: something up to it was changed"));
        else if (read.IssuedAt + Skew < head.Time || read.IssuedAt > record.Time + Skew) Fail("checkpoint_time", "says that it was signed before what it covers was written, or after itself was");
        else if (keys.Find(record.KeyId) is { Key: null } missing) missing.Tell(findings, LinkName.Checkpoints, where);
        else if (!read.IsBy(keys.Find(record.KeyId).Key!.Public)) Fail("signature_invalid", $"is not signed by {record.KeyId}");
        else if (keys.Find(record.KeyId).Key!.Issuer != walk.Issuer) Fail("checkpoint_mismatch", "is signed by a key of another issuer");
        else if (KeyHistory.Problem(history.Find(record.KeyId!), record.Time) is var (isCertain, why, words)) findings.Add(new ProofLink(LinkName.Checkpoints, isCertain ? LinkState.Failed : LinkState.Unverifiable, why, $"{where}: {words}."));
        else (Covered, Good) = (read.Count, Good + 1);
        _last = Math.Max(_last, Math.Min(read.Count, line.Sequence - 1));

        void Fail(string code, string words) => findings.Fail(LinkName.Checkpoints, code, $"{where} {words}.");
    }

    private async ValueTask CompareAsync(string text, string where)
    {
        while (await PeekAsync() is { } next)
        {
            if (next == text)
            {
                _next = null;
                return;
            }

            // Which of the two is too many: that which covers less stands alone.
            if (CheckpointText.CountOf(text) is not { } ours || (CheckpointText.CountOf(next) is { } theirs && ours < theirs))
            {
                Unfiled(where);
                return;
            }

            _next = null;
            Stray(next);
        }

        // It may have been written there since.
        if (_unfiled.Count < MostUnfiled) _unfiled.Add((where, text));
        else Unfiled(where);
    }

    private void Unfiled(string where) => findings.Fail(LinkName.Checkpoints, "checkpoint_missing", $"{where} is a checkpoint that checkpoints.jws does not have in its place.");

    private void Stray(string text)
    {
        if (ReadCheckpoint.Read(text, out var reason, out var clause) is not { } read) findings.Fail(LinkName.Checkpoints, reason, $"{_nextPlace} {clause}.");
        else if (read.Trail != walk.Name) findings.Fail(LinkName.Checkpoints, "other_trail", $"{_nextPlace} is of another trail.");
        else if (read.Count > walk.Count) findings.Fail(LinkName.Checkpoints, "records_missing", string.Create(CultureInfo.InvariantCulture, $"{_nextPlace} covers {read.Count} records, and the trail has {walk.Count}: records were taken away."));
        else findings.Fail(LinkName.Checkpoints, "checkpoint_unrecorded", $"{_nextPlace} does not stand in the trail in its place.");
    }

    private async ValueTask<string?> PeekAsync()
    {
        if (_next is not null || _isFileRead) return _next;
        if (_filed is null || !await _filed.MoveNextAsync())
        {
            _isFileRead = true;
            return null;
        }

        var piece = _filed.Current;
        _nextPlace = piece.Place;
        if (!piece.IsEnded)
        {
            _isFileRead = true;
            findings.Doubt(LinkName.Checkpoints, "line_unfinished", $"{piece.Place} has no line end: the last write was not finished, or something was taken away or added.");
            return null;
        }

        return _next = piece.IsTooLong ? "" : Encoding.Latin1.GetString(piece.Bytes.Span);
    }
}

using System.Globalization;
using Sallyport.Gateway.Audit;

namespace Sallyport.Gateway.Proof;

/// <summary>Goes along a trail line by line: each parses, follows the one before, and is of this trail.</summary>
/// <remarks>After what is wrong it goes on from what is there, so that one change is told once and not with every line after it.</remarks>
internal sealed class TrailWalk(Findings findings)
{
    private string? _hash = TrailLine.Origin;
    private bool _isStarted;

    /// <summary>The number of the last record.</summary>
    public long Count { get; private set; }

    /// <summary>The name of the trail; null where it does not begin with its start.</summary>
    public string? Name { get; private set; }

    public string? Issuer { get; private set; }

    /// <summary>Takes the next line.</summary>
    /// <param name="hash">Its hash, where it is a record.</param>
    /// <returns>The record; null where it is none.</returns>
    public TrailLine? Take(TrailPiece piece, out string hash)
    {
        hash = "";
        if (!piece.IsEnded)
        {
            Unfinished(piece);
            return null;
        }

        if (piece.IsTooLong)
        {
            findings.Fail(LinkName.Trail, "line_too_long", $"{piece.Place} is longer than {TrailLine.MaxBytes} bytes.");
            _hash = null;
            return null;
        }

        hash = TrailLine.HashOf(piece.Bytes.Span);
        if (TrailLine.Read(piece.Bytes.Span) is not { } line)
        {
            findings.Fail(LinkName.Trail, "line_malformed", $"{piece.Place} is no record{(piece.Bytes.Span is [0x1f, 0x8b, ..] ? ": the file seems to be compressed" : "")}.");
            // It stands for one: the next may follow it.
            (_hash, Count, _isStarted) = (hash, Count + 1, true);
            return null;
        }

        if (!_isStarted) Start(line, piece.Place);
        else if (line.Record.Event == AuditEvent.TrailStarted) findings.Fail(LinkName.Trail, "other_trail", Said(piece, line, "begins another trail"));
        if (line.Sequence != Count + 1) findings.Fail(LinkName.Trail, "sequence_gap", Said(piece, line, string.Create(CultureInfo.InvariantCulture, $"stands where record {Count + 1} should be")));
        else if (_hash is not null && _hash != line.PreviousHash) findings.Fail(LinkName.Trail, "chain_broken", Said(piece, line, "does not have the hash of the line before it: one of the two was changed, or is of another trail"));
        (_hash, Count, _isStarted) = (hash, line.Sequence, true);
        return line;
    }

    private void Start(TrailLine line, string place)
    {
        if (line is { Sequence: 1, Record: { Event: AuditEvent.TrailStarted, Trail: { Length: > 0 } name } })
        {
            (Name, Issuer) = (name, line.Record.Issuer);
            return;
        }

        findings.Fail(LinkName.Trail, "start_missing", $"{place} is the first line, and is not the start of a trail: records before it are missing.");
    }

    private void Unfinished(TrailPiece piece)
    {
        var words = $"{piece.Place} has no line end: the last write was not finished, or something was taken away or added.";
        if (piece.IsLastFile) findings.Doubt(LinkName.Trail, "line_unfinished", words);
        else findings.Fail(LinkName.Trail, "line_unfinished", words);
        _hash = null;
    }

    private static string Said(TrailPiece piece, TrailLine line, string what) => string.Create(CultureInfo.InvariantCulture, $"{piece.Place} (record {line.Sequence}) {what}.");
}

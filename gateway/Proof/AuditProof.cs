using System.Globalization;
using Sallyport.Gateway.Attestation;
using Sallyport.Gateway.Audit;
using Sallyport.Gateway.Identity;

namespace Sallyport.Gateway.Proof;

/// <summary>Proves from an archive alone what was signed, by which key, and who vouched for it. Without network or configuration.</summary>
/// <remarks>
/// <code>
///   trail          every line parses, has its number and the hash of the line before; it begins with its start; nothing of another trail is in it
///   checkpoints    signed by a key of ours that was active then, over the hash of that line; the same in the file beside the trail
///   record         the token was minted: it stands in the trail, and a checkpoint covers it
///   token_hash     the token is the very one
///   signature      by the archived key
///   claims         the record's
///   key_state      activated before, and not retired, dropped or revoked then
///   endorsement    an identity vouched for the key, and that stands in the trail before the record
///   svid           that identity leads to the trust bundle
/// </code>
/// The trail is read once, from its beginning, and only what is asked about is kept of it.
/// </remarks>
internal sealed class AuditProof
{
    private readonly ProofQuestion _question;
    private readonly Findings _findings = new();
    private readonly ArchivedKeys _keys;
    private readonly KeyHistory _history = new();
    private readonly TrailWalk _walk;
    private readonly RecentLines _recent = new();
    private readonly EndorsementProof _endorsements;
    private readonly ShownCertificates _shown;
    private readonly MintProof _mints;
    private readonly KeptCheckpoints? _kept;
    private readonly ITrailSource _source;
    private readonly string _directory;
    private (TrailLine Line, string Place)? _found;
    private long _tokens;
    private long _lastInRange;

    /// <param name="directory">The archive.</param>
    /// <param name="question">What is asked.</param>
    /// <param name="bundle">Whom to believe; null where nobody said.</param>
    /// <param name="expected">Which identity it must be; null for whichever the trail names.</param>
    /// <param name="kept">Checkpoints that were kept elsewhere; null for none.</param>
    public AuditProof(string directory, ProofQuestion question, TrustBundleFile? bundle = null, SpiffeId? expected = null, KeptCheckpoints? kept = null)
    {
        (_directory, _question, _kept, _source) = (directory, question, kept, new FileTrailSource(directory));
        _keys = new ArchivedKeys(directory);
        _walk = new TrailWalk(_findings);
        _endorsements = new EndorsementProof(directory, _keys, bundle, expected);
        _shown = new ShownCertificates(_findings, _endorsements);
        _mints = new MintProof(_findings, _keys, _history, _endorsements, _shown);
    }

    public async Task<ProofReport> RunAsync(CancellationToken cancellation)
    {
        // Opened before the trail: what is written meanwhile stands in the trail first.
        await using var checkpoints = new CheckpointProof(_findings, _keys, _history, _walk, _recent, _source);
        try
        {
            await checkpoints.OpenAsync(cancellation);
            await foreach (var piece in _source.ReadAsync(cancellation)) await TakeAsync(piece, checkpoints);
            await checkpoints.EndAsync(cancellation);
        }
        catch (ArchiveFaultException e)
        {
            _findings.Doubt(LinkName.Trail, "archive_unreadable", e.Message);
        }

        if (_walk.Count == 0 && !_findings.Has(LinkName.Trail, LinkState.Unverifiable)) _findings.Doubt(LinkName.Trail, "trail_missing", $"There are no records in {_source.Place}.");
        _kept?.Judge(_findings, _walk, _keys);
        Settle(checkpoints);
        return Report(checkpoints);
    }

    private async ValueTask TakeAsync(TrailPiece piece, CheckpointProof checkpoints)
    {
        if (_walk.Take(piece, out var hash) is not { } line)
        {
            if (hash.Length > 0) _recent.Add(_walk.Count, hash, DateTimeOffset.MinValue);
            return;
        }

        var record = line.Record;
        _recent.Add(line.Sequence, hash, record.Time);
        _kept?.See(line.Sequence, hash);
        if (record.Event == AuditEvent.Checkpoint)
        {
            _shown.See(record);
            await checkpoints.TakeAsync(line, piece.Place);
        }
        else if (record.Event == AuditEvent.TokenMinted)
        {
            TakeToken(line, piece.Place);
        }
        else
        {
            _history.Take(line, piece.Place);
            if (record.Event == AuditEvent.TrailCut) CheckCut(line, piece.Place);
            if (record.Event == AuditEvent.KeyEndorsed && !_question.IsOfOne && _question.IsInRange(record)) CheckEndorsement(line, piece.Place);
        }

        if (record.Event != AuditEvent.Checkpoint && _question.IsInRange(record)) _lastInRange = line.Sequence;
    }

    private void TakeToken(TrailLine line, string place)
    {
        if (!_question.IsOfOne)
        {
            if (!_question.IsInRange(line.Record)) return;
            _tokens++;
            _mints.Take(line, place, token: null);
            return;
        }

        var isIt = _question.Token is { } token ? line.Record.Hash == token.Hash || (token.Claims.TokenId is { } id && line.Record.TokenId == id) : line.Record.TokenId == _question.TokenId;
        if (!isIt) return;
        if (_found is var (other, _))
        {
            _findings.Fail(LinkName.Record, "recorded_twice", string.Create(CultureInfo.InvariantCulture, $"{place} (record {line.Sequence}) is of the same token as record {other.Sequence}."));
            return;
        }

        _found = (line, place);
        _tokens++;
        _mints.Take(line, place, _question.Token);
    }

    private void CheckEndorsement(TrailLine line, string place)
    {
        var record = line.Record;
        var judged = _endorsements.Judge(new RecordedEndorsement(line.Sequence, record.KeyId ?? "", record.Hash, record.SpiffeId, record.Expires, place));
        _findings.Add(judged.Link);
        _findings.Add(judged.Svid);
    }

    // What a crash had left of a line lies beside the trail.
    private void CheckCut(TrailLine line, string place)
    {
        if (line.Record.Hash is not { } hash) return;
        var path = Path.Combine(_directory, "trail", string.Create(CultureInfo.InvariantCulture, $"cut-{line.Sequence}.bin"));
        var bytes = ArchiveFile.TryRead(path, 64 * 1024 * 1024);
        if (bytes is null) _findings.Doubt(LinkName.Trail, "cut_missing", $"{place}: {path}, which it tells of, is not there.");
        else if (TrailLine.HashOf(bytes) != hash) _findings.Fail(LinkName.Trail, "cut_changed", $"{place}: {path} is not what it tells of.");
    }

    private void Settle(CheckpointProof checkpoints)
    {
        if (_question.Token is { } token) new TokenProof(_findings, _keys).Judge(token, _found?.Line, _walk.Issuer);
        if (_found is var (line, place))
        {
            if (checkpoints.Covered >= line.Sequence) _findings.Prove(LinkName.Record, string.Create(CultureInfo.InvariantCulture, $"{place} (record {line.Sequence}), at {line.Record.Time:u}."));
            else _findings.Doubt(LinkName.Record, "not_covered", string.Create(CultureInfo.InvariantCulture, $"{place} (record {line.Sequence}) is covered by no checkpoint that holds."));
        }
        else if (_question.IsOfOne)
        {
            _findings.Fail(LinkName.Record, "not_recorded", $"No record of {_source.Place} tells that this token was minted.");
        }
        else if (_lastInRange > checkpoints.Covered)
        {
            _findings.Doubt(LinkName.Record, "not_covered", string.Create(CultureInfo.InvariantCulture, $"Up to record {_lastInRange} there are {_lastInRange - checkpoints.Covered} records after the last one that a checkpoint covers: verify again after the next checkpoint, or with --until."));
        }
        else if (_tokens > 0)
        {
            _findings.Prove(LinkName.Record, string.Create(CultureInfo.InvariantCulture, $"Tokens that were minted: {_tokens}, all covered by checkpoints."));
        }

        _shown.Judge();
        // Proof of all that is not told otherwise.
        if (_walk.Count > 0) _findings.Prove(LinkName.Trail, string.Create(CultureInfo.InvariantCulture, $"Records: {_walk.Count}, without a gap."));
        if (_walk.Count > 0 && checkpoints.Good > 0) _findings.Prove(LinkName.Checkpoints, string.Create(CultureInfo.InvariantCulture, $"Checkpoints: {checkpoints.Good}; the last covers {checkpoints.Covered} of {_walk.Count} records."));
        else if (!_findings.Has(LinkName.Checkpoints, LinkState.Failed) && !_findings.Has(LinkName.Checkpoints, LinkState.Unverifiable)) _findings.Doubt(LinkName.Checkpoints, "checkpoint_missing", "There is no checkpoint: nobody signed this trail.");
    }

    private ProofReport Report(CheckpointProof checkpoints)
    {
        var isCovered = _found is var (line, _) && line.Sequence <= checkpoints.Covered;
        // For a token that a good checkpoint covers it does not matter that somebody is writing just now, or that a key of other checkpoints is gone.
        bool Counts(ProofLink link) => !isCovered || (link.Name, link.State, link.Reason) is not ((LinkName.Trail, LinkState.Unverifiable, "line_unfinished") or (LinkName.Checkpoints, LinkState.Unverifiable, "key_not_archived"));
        var notes = new List<string>();
        if (_question.Token is null) notes.Add(_question.IsOfOne ? "No token was given: its hash, signature and claims were not compared." : "Tokens themselves are not in an archive: their hashes, signatures and claims were not compared. Give one by --token.");
        if (_found is var (found, _) && found.Record.KeyId is { } keyId && _history.Find(keyId) is { Revoked: > 0 } life && life.Revoked > found.Sequence)
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"Its key was revoked later, by record {life.Revoked}."));
        if (_walk.Count > checkpoints.Covered) notes.Add(string.Create(CultureInfo.InvariantCulture, $"Records after the last that a checkpoint covers: {_walk.Count - checkpoints.Covered}."));
        if (_kept is null) notes.Add("Whether a later part of the trail was cut off is shown by a checkpoint that was kept elsewhere only: see --checkpoint.");
        var links = _findings.Links(Counts);
        if (isCovered) notes.AddRange(_findings.Told.Where(link => !Counts(link)).Take(5).Select(link => $"Elsewhere in it: {link.Detail}"));
        return new ProofReport
        {
            Links = links,
            Problems = [.. _findings.Told.Where(Counts)],
            Trail = _walk.Name,
            Issuer = _walk.Issuer,
            Records = _walk.Count,
            Covered = checkpoints.Covered,
            Checkpoints = checkpoints.Good,
            Tokens = _tokens,
            Record = _found?.Line,
            Notes = notes,
        };
    }
}

namespace Sallyport.Gateway.Proof;

/// <summary>What the trail has told of one key so far.</summary>
internal sealed class KeyLife(string keyId)
{
    // One for each renewal of an identity; of more, the latest count.
    private const int MostEndorsements = 256;
    private const int MostEnds = 64;

    private readonly List<DateTimeOffset> _ends = [];

    private readonly List<RecordedEndorsement> _endorsements = [];

    public string KeyId => keyId;

    /// <summary>When records say that it came into being; null before one did.</summary>
    public DateTimeOffset? PreparedAt { get; set; }

    /// <summary>Number of the record that activated it; 0 for none.</summary>
    public long Activated { get; set; }

    /// <summary>Number of the record that retired it after that; 0 for none.</summary>
    public long Retired { get; set; }

    public DateTimeOffset RetiredAt { get; set; }

    public long Dropped { get; set; }

    /// <summary>For ever.</summary>
    public long Revoked { get; set; }

    /// <summary>The ends that were recorded for it, in whole seconds: as planned, and as it came.</summary>
    public IReadOnlyList<DateTimeOffset> Ends => _ends;

    /// <summary>The earliest first.</summary>
    public IReadOnlyList<RecordedEndorsement> Endorsements => _endorsements;

    public void End(DateTimeOffset end)
    {
        if (_ends.Count < MostEnds && !_ends.Contains(end)) _ends.Add(end);
    }

    public void Endorse(RecordedEndorsement endorsement)
    {
        if (_endorsements.Exists(known => known.Hash == endorsement.Hash)) return;
        if (_endorsements.Count == MostEndorsements) _endorsements.RemoveAt(0);
        _endorsements.Add(endorsement);
    }
}

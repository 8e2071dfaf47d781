using Sallyport.Gateway.Verification;

namespace Sallyport.Gateway.Issuing;

/// <summary>Assertions by all that they say but their times and <c>jti</c>: two tokens of one caller need one signature. Of use where signing is slow or paid for.</summary>
/// <remarks>
/// What is in here decides nothing: a request is at the gate before, with its own token, and one whose token was revoked does not come this far.
/// Bounded by two generations: when the young one is full, it becomes the old one, and the old one is forgotten.
/// </remarks>
internal sealed class SharedAssertions
{
    /// <summary>Of one generation.</summary>
    public const int MostEntries = 5_000;

    private readonly Lock _lock = new();
    private Dictionary<TokenDigest, SharedAssertion> _young = [];
    private Dictionary<TokenDigest, SharedAssertion> _old = [];

    public int Count
    {
        get
        {
            lock (_lock) return _young.Count + _old.Count;
        }
    }

    /// <summary>The one for that digest, made if there is none.</summary>
    public SharedAssertion Of(in TokenDigest digest)
    {
        lock (_lock)
        {
            if (_young.TryGetValue(digest, out var known)) return known;
            if (!_old.Remove(digest, out known)) known = new SharedAssertion();
            if (_young.Count >= MostEntries) (_old, _young) = (_young, []);
            _young.Add(digest, known);
            return known;
        }
    }
}

using Sallyport.Gateway.Revocation;

namespace Sallyport.Gateway.Verification;

/// <summary>Whether a verified token has been revoked meanwhile.</summary>
internal sealed class RevocationCheck(RevocationList list)
{
    /// <summary>Whether the list is older than a policy that fails closed may go by.</summary>
    public bool IsStale => list.IsStale;

    /// <summary>Of the revocations in force: see <see cref="VerifiedToken.ClearedBy"/>.</summary>
    public long Version => list.Current.Version;

    /// <summary>
    /// One comparison, unless there were revocations since the token was last asked about: then it is looked up again.
    /// </summary>
    public bool Refuses(VerifiedToken token)
    {
        var set = list.Current;
        if (token.ClearedBy == set.Version) return false;
        if (set.Count > 0)
        {
            var now = list.Now;
            foreach (ref readonly var key in token.RevocationKeys)
                if (set.Revokes(key, token.IssuedAt, now))
                    return true;
        }

        token.ClearedBy = set.Version;
        return false;
    }
}

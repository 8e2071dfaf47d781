using System.Runtime.CompilerServices;
using Sallyport.Gateway.Revocation;
using Sallyport.Gateway.Tokens;
using Sallyport.Gateway.Trust;

namespace Sallyport.Gateway.Verification;

/// <summary>Whether a verified token has been revoked meanwhile.</summary>
internal sealed class RevocationCheck(RevocationList list)
{
    // What all tokens of an issuer and a key of it are revoked by, made once. As long as somebody knows both.
    private readonly ConditionalWeakTable<TrustedIssuer, ConditionalWeakTable<Jwk, RevocationKey[]>> _shared = [];

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
            if (Holds(token.RevocationKeys) || Holds(SharedBy(token.Issuer, token.Key))) return true;

            bool Holds(ReadOnlySpan<RevocationKey> keys)
            {
                foreach (ref readonly var key in keys)
                    if (set.Revokes(key, token.IssuedAt, now))
                        return true;
                return false;
            }
        }

        token.ClearedBy = set.Version;
        return false;
    }

    private RevocationKey[] SharedBy(TrustedIssuer issuer, Jwk key)
    {
        var keys = _shared.GetValue(issuer, static _ => []);
        // Without a closure where it is there.
        return keys.TryGetValue(key, out var known) ? known : keys.GetValue(key, signer => [.. KeysOf(issuer.Options.Issuer, signer)]);
    }

    private static IEnumerable<RevocationKey> KeysOf(string issuer, Jwk key)
    {
        yield return RevocationKey.Of(RevocationKind.Issuer, issuer, "");
        if (key.KeyId is { } kid) yield return RevocationKey.Of(RevocationKind.Key, issuer, kid);
        if (key.Thumbprint.Length > 0) yield return RevocationKey.Of(RevocationKind.Key, issuer, key.Thumbprint);
    }
}

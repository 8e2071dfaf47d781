using System.Diagnostics.CodeAnalysis;
using System.Net;
using Sallyport.Gateway.Telemetry;
using Sallyport.Gateway.Tokens;
using Sallyport.Gateway.Trust;
using Sallyport.Policies;

namespace Sallyport.Gateway.Verification;

/// <summary>Verifies tokens: the one code for the gate, the ASP.NET Core scheme and the verbs.</summary>
/// <remarks>
/// <code>
///   2 Token       compact form, header
///   3 Cache       seen before, under trust and keys that still stand, and not revoked since
///   4 Key         issuer by exact iss, key by kid
///   5 Signature   the key's algorithm, never the header's alone
///   6 Claims      typ, sub, aud, exp, nbf, iat, lifetime, required claims; not revoked
///   7 Principal
/// </code>
/// </remarks>
internal sealed class TokenVerifier(VerifiedTokens cache, RevocationCheck revocations, TimeProvider clock, GatewayMetrics metrics)
{
    public int MaxTokenBytes => cache.Options.MaxTokenBytes;

    /// <summary>Step 3: finds a token that was verified before, if what it was trusted by still stands. Waits for nothing.</summary>
    public bool TryRecall(in TokenDigest digest, TrustModel? trust, [NotNullWhen(true)] out VerifiedToken? token)
    {
        var isHit = cache.TryGet(digest, out token) && IsStillTrusted(token, trust);
        if (isHit && revocations.Refuses(token!))
        {
            // Verified anew, it is refused with its reason, and never remembered again.
            cache.Remove(digest);
            isHit = false;
        }

        metrics.CacheAsked("verified_tokens", isHit ? "hit" : "miss");
        if (!isHit) token = null;
        return isHit;
    }

    /// <summary>Steps 2 and 4 to 7, without the cache.</summary>
    /// <param name="token">The compact form.</param>
    /// <param name="trust">Whose tokens are believed: the configuration of the route that asks, or the one in force.</param>
    /// <param name="client">Who sent it.</param>
    /// <param name="cancellation">Ends this caller's waiting.</param>
    /// <exception cref="KeysUnavailableException">The issuer's keys cannot be had now.</exception>
    /// <exception cref="NotInitialisedException">There is no configuration of trust.</exception>
    public ValueTask<Verdict> VerifyAsync(ReadOnlySpan<char> token, TrustModel? trust, IPAddress? client, CancellationToken cancellation)
    {
        // 2 Token
        if (!CompactJws.TryParse(token, MaxTokenBytes, out var jws, out var fault))
            return ValueTask.FromResult(Verdict.Refused(fault, VerificationStep.Token));
        if (!ClaimsSet.TryParse(jws.Payload.Span, out var claims, out fault))
            return ValueTask.FromResult(Verdict.Refused(fault, VerificationStep.Token));

        // 4 Key
        if (trust is null) throw new NotInitialisedException();
        if (claims.Issuer is null)
            return ValueTask.FromResult(Verdict.Refused(ClaimsFault.IssuerMissing, VerificationStep.Key));
        if (trust.Find(claims.Issuer) is not { } issuer)
            return ValueTask.FromResult(Verdict.Refused(ClaimsFault.IssuerUnknown, VerificationStep.Key));

        var lookup = issuer.Keys.FindAsync(jws.Header.KeyId, jws.Header.Algorithm, client, cancellation);
        return lookup.IsCompletedSuccessfully
            ? ValueTask.FromResult(Conclude(jws, claims, trust, issuer, lookup.Result))
            : AwaitKey(lookup);

        async ValueTask<Verdict> AwaitKey(ValueTask<KeyLookup> pending) => Conclude(jws, claims, trust, issuer, await pending);
    }

    /// <summary>Keeps an accepted token for <see cref="TryRecall"/>, if there is room.</summary>
    /// <returns>The one that is kept, or else this one: of requests that came at once with the same token, all go on with the same, and what was made for it.</returns>
    public VerifiedToken Remember(in TokenDigest digest, VerifiedToken token)
    {
        if (cache.TryGet(digest, out var earlier) && IsStillTrusted(earlier, token.Trust) && !revocations.Refuses(earlier)) return earlier;
        cache.Add(digest, token);
        return token;
    }

    private Verdict Conclude(CompactJws jws, ClaimsSet claims, TrustModel trust, TrustedIssuer issuer, KeyLookup lookup)
    {
        if (lookup.Key is not { } key || lookup.Set is not { } set)
            return Verdict.Refused(lookup.Fault ?? TokenFault.KidUnknown, VerificationStep.Key, issuer);

        // 5 Signature
        if (!key.Verify(jws.Header.Algorithm, jws.SigningInput, jws.Signature))
            return Verdict.Refused(TokenFault.SignatureInvalid, VerificationStep.Signature, issuer);

        // 6 Claims
        if (ClaimsCheck.Check(jws.Header, claims, issuer.Options, clock.GetUtcNow()) is { } fault)
            return Verdict.Refused(fault, VerificationStep.Claims, issuer);

        // 7 Principal
        var expires = claims.Expires!.Value;
        var principal = new Principal
        {
            IssuerName = issuer.Name,
            Issuer = issuer.Options.Issuer,
            Subject = claims.Subject!,
            Audiences = claims.Audiences,
            Scopes = new ScopeSet(claims.Scopes),
            Expires = expires,
            TokenId = claims.TokenId,
            Claims = claims.All,
        };
        var token = new VerifiedToken(principal, issuer, key, trust, expires + issuer.Options.ClockSkew)
        {
            ConfirmedBy = set.Keys,
            IssuedAt = claims.IssuedAt?.ToUnixTimeSeconds(),
        };
        return revocations.Refuses(token) ? Verdict.Refused(ClaimsFault.Revoked, VerificationStep.Claims, issuer) : Verdict.Accepted(token);
    }

    private bool IsStillTrusted(VerifiedToken token, TrustModel? trust)
    {
        // Another configuration of trust: verified anew under it.
        if (!ReferenceEquals(token.Trust, trust)) return false;
        return token.Issuer.Keys.Current is { } set && clock.GetTimestamp() < set.HardExpiry && !token.IsKeyDropped;
    }
}

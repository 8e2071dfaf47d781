using Sallyport.Gateway.Audit;
using Sallyport.Gateway.Keys;
using Sallyport.Gateway.Telemetry;
using Sallyport.Gateway.Tokens;
using Sallyport.Gateway.Verification;

namespace Sallyport.Gateway.Issuing;

/// <summary>Signs assertions, and tells whether one signed before still serves.</summary>
internal sealed class AssertionMint(TokenMint mint, OwnKeys keys, TimeProvider clock, GatewayMetrics metrics, AuditTrail audit)
{
    public const string Purpose = "assertion";

    /// <summary>Not that of an access token (RFC 9068): the outer door of ourselves takes only those from us.</summary>
    public const string Type = "JWT";

    /// <summary>Why a request gets 503.</summary>
    public const string UnavailableReason = "signing_unavailable";

    // Servers take 32 KiB of headers by default; the rest of the request needs some too.
    private const int MostCharacters = 16 * 1024;

    // An upstream gets no assertion that ends before it has looked at it.
    private static readonly TimeSpan LeastLeft = TimeSpan.FromSeconds(15);

    /// <summary>Whether it can be sent again as it is.</summary>
    public bool IsGood(Assertion assertion)
    {
        var ring = keys.Current;
        if (!ReferenceEquals(assertion.ConfirmedBy, ring))
        {
            if (ring is null || !IsOfActiveKey(assertion, ring)) return false;
            assertion.ConfirmedBy = ring;
        }

        return clock.GetUtcNow().UtcTicks < assertion.RenewAt;
    }

    /// <summary>Whether it would still be believed: not at its end, and its key neither revoked nor dropped.</summary>
    public bool IsServing(Assertion assertion) =>
        keys.Current is { } ring && IsPublished(assertion, ring) && clock.GetUtcNow().UtcTicks < assertion.EndsAt;

    /// <returns>Why there can be none for this token; null when it is signed.</returns>
    /// <exception cref="SigningUnavailableException">No key, or one that is at its end.</exception>
    public async ValueTask<(TokenFault? Fault, Assertion? Signed)> TrySignAsync(
        VerifiedToken token, AssertionAudience audience, AssertionOptions options, string actor, CancellationToken cancellation)
    {
        // Accepted for the clock skew alone. An assertion never outlives the token, so there is none.
        var ends = token.Principal.Expires.ToUnixTimeSeconds();
        if (ends <= clock.GetUtcNow().ToUnixTimeSeconds()) return (ClaimsFault.Expired, null);

        var minted = await MintAsync(token, audience, options, actor, cancellation);
        var header = audience.HeaderOf(minted);
        if (header.Length > MostCharacters) return (AssertionFault.TooLarge, null);
        // Where token or key ends it early, a new one would end no later.
        var isCutShort = minted.Expires + TimeSpan.FromSeconds(1) <= minted.IssuedAt + options.Lifetime;
        var renewAt = isCutShort ? minted.Expires : minted.Expires - LeftAtRenewal(options.Lifetime);
        return (null, new Assertion(audience, header, minted.KeyId, renewAt.UtcTicks, minted.Expires.UtcTicks));
    }

    private async ValueTask<MintedToken> MintAsync(VerifiedToken token, AssertionAudience audience, AssertionOptions options, string actor, CancellationToken cancellation)
    {
        try
        {
            var request = new MintRequest
            {
                Type = Type,
                Subject = token.Principal.Subject,
                Audiences = [audience.Audience],
                Lifetime = options.Lifetime,
                NotAfter = token.Principal.Expires,
                WriteClaims = writer => AssertionClaims.Write(writer, token, options),
                Actor = actor,
                Purpose = Purpose,
            };
            return await mint.MintAsync(request, cancellation);
        }
        catch (SigningUnavailableException)
        {
            metrics.TokenIssued(Purpose, UnavailableReason);
            var refusal = new AuditRecord
            {
                Event = AuditEvent.TokenRefused,
                Time = clock.GetUtcNow(),
                Actor = actor,
                Subject = token.Principal.Subject,
                Audiences = [audience.Audience],
                Reason = UnavailableReason,
            };
            await audit.RecordAsync(refusal, cancellation);
            throw;
        }
    }

    private static TimeSpan LeftAtRenewal(TimeSpan lifetime)
    {
        var left = lifetime / 4 > LeastLeft ? lifetime / 4 : LeastLeft;
        return left < lifetime / 2 ? left : lifetime / 2;
    }

    // Without an active key, what is published still serves.
    private static bool IsOfActiveKey(Assertion assertion, OpenRing ring) =>
        ring.Active is { } active ? string.Equals(active.Key.KeyId, assertion.KeyId, StringComparison.Ordinal) : IsPublished(assertion, ring);

    private static bool IsPublished(Assertion assertion, OpenRing ring)
    {
        foreach (var key in ring.Published.Keys)
            if (string.Equals(key.KeyId, assertion.KeyId, StringComparison.Ordinal))
                return true;
        return false;
    }
}

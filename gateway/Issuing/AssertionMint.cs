using System.Buffers;
using System.Text.Json;
using Sallyport.Gateway.Audit;
using Sallyport.Gateway.Keys;
using Sallyport.Gateway.Telemetry;
using Sallyport.Gateway.Tokens;
using Sallyport.Gateway.Verification;

namespace Sallyport.Gateway.Issuing;

/// <summary>Signs assertions, and tells whether one signed before still serves.</summary>
internal sealed class AssertionMint(TokenMint mint, OwnKeys keys, TimeProvider clock, GatewayMetrics metrics, AuditTrail audit, SharedAssertions shared)
{
    public const string Purpose = "assertion";

    /// <summary>Not that of an access token (RFC 9068): the outer door of ourselves takes only those from us.</summary>
    public const string Type = "JWT";

    /// <summary>Why a request gets 503.</summary>
    public const string UnavailableReason = "signing_unavailable";

    /// <summary>Why a request gets 503 where nothing can be recorded.</summary>
    public const string UnrecordedReason = "audit_unavailable";

    // Servers take 32 KiB of headers by default; the rest of the request needs some too.
    private const int MostCharacters = 16 * 1024;

    // For others' signatures, each of which may turn out to end too late or too early for one's own token.
    private const int MostWaits = 3;

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

        MintedToken minted;
        try
        {
            minted = await SharedAsync(token, audience, options, actor, cancellation);
        }
        catch (SigningUnavailableException)
        {
            await TellRefusedAsync(token, audience, actor, cancellation);
            throw;
        }
        catch (AuditUnavailableException)
        {
            metrics.TokenIssued(Purpose, UnrecordedReason);
            throw;
        }

        var header = audience.HeaderOf(minted);
        if (header.Length > MostCharacters) return (AssertionFault.TooLarge, null);
        // Where token or key ends it early, a new one would end no later.
        var next = minted.Expires + TimeSpan.FromSeconds(1);
        var isCutShort = next <= minted.IssuedAt + options.Lifetime && (token.Principal.Expires < next || keys.Current?.Active?.NotAfter < next);
        var renewAt = isCutShort ? minted.Expires : minted.Expires - LeftAtRenewal(options.Lifetime);
        return (null, new Assertion(audience, header, minted.KeyId, renewAt.UtcTicks, minted.Expires.UtcTicks));
    }

    /// <summary>One that says the same and was signed for another token of this caller, or a new one. Of those that ask at once, one signs.</summary>
    private async ValueTask<MintedToken> SharedAsync(VerifiedToken token, AssertionAudience audience, AssertionOptions options, string actor, CancellationToken cancellation)
    {
        var said = shared.Of(DigestOf(token, audience, options));
        for (var attempt = 0; attempt < MostWaits; attempt++)
        {
            if (said.Held is { } held && IsFor(held, token, options)) return held;
            if (said.TryLead(out var underWay)) return await LeadAsync(said, token, audience, options, actor);
            // Its time is limited where it is signed.
            var signed = await underWay.WaitAsync(cancellation);
            if (IsFor(signed, token, options)) return signed;
        }

        var own = await MintAsync(token, audience, options, actor, cancellation);
        said.Offer(own);
        return own;
    }

    // Others wait for it: it does not end with the request of whoever came first.
    private async ValueTask<MintedToken> LeadAsync(SharedAssertion said, VerifiedToken token, AssertionAudience audience, AssertionOptions options, string actor)
    {
        try
        {
            var minted = await MintAsync(token, audience, options, actor, CancellationToken.None);
            said.Signed(minted);
            return minted;
        }
        catch (Exception e)
        {
            said.Failed(e);
            throw;
        }
    }

    /// <summary>Whether what was signed for another token may be sent with this one: it does not outlive it, and is not about to be renewed.</summary>
    private bool IsFor(MintedToken minted, VerifiedToken token, AssertionOptions options) =>
        minted.Expires <= token.Principal.Expires
        && clock.GetUtcNow() < minted.Expires - LeftAtRenewal(options.Lifetime)
        && keys.Current?.Active is { } active && string.Equals(active.Key.KeyId, minted.KeyId, StringComparison.Ordinal);

    /// <summary>Of all that an assertion would say, but its times and <c>jti</c>.</summary>
    private static TokenDigest DigestOf(VerifiedToken token, AssertionAudience audience, AssertionOptions options)
    {
        var said = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(said))
        {
            writer.WriteStartObject();
            writer.WriteString("sub", token.Principal.Subject);
            writer.WriteString("aud", audience.Audience);
            writer.WriteNumber("lifetime", options.Lifetime.Ticks);
            AssertionClaims.Write(writer, token, options);
            writer.WriteEndObject();
        }

        return TokenDigest.Of(said.WrittenSpan);
    }

    private ValueTask<MintedToken> MintAsync(VerifiedToken token, AssertionAudience audience, AssertionOptions options, string actor, CancellationToken cancellation)
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
        return mint.MintAsync(request, cancellation);
    }

    private async ValueTask TellRefusedAsync(VerifiedToken token, AssertionAudience audience, string actor, CancellationToken cancellation)
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
        await audit.TryRecordAsync(refusal, cancellation);
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

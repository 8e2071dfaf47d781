using Sallyport.Gateway.Tokens;
using Sallyport.Policies;

namespace Sallyport.Gateway.Issuing;

/// <summary>What is minted when a token exchange (RFC 8693) asks for a federated audience.</summary>
/// <remarks>
/// <code>
///   1 Algorithm  the active key signs RS or ES: STS verifies nothing else
///   2 Subject    up to 255 ASCII characters, with life left in its token
///   3 Tags       all of them, within AWS's limits
/// </code>
/// The token is typ JWT, aud one string, sub and life bounded by the subject's.
/// </remarks>
internal static class FederationToken
{
    public const string Purpose = "federation";

    /// <param name="signing">The algorithm of the key that is active now.</param>
    /// <param name="refusal">Set when there is no answer; the caller records it in the audit.</param>
    public static MintRequest? Request(FederationOptions federation, Principal subject, string clientId, Algorithm signing, DateTimeOffset now, out FederationRefusal? refusal)
    {
        refusal = null;
        if (!FederationLimits.Takes(signing))
            refusal = new(FederationRefusal.InvalidTarget, FederationRefusal.Algorithm, "The active key signs with an algorithm that this audience does not verify.");
        else if (!IsSubject(subject.Subject))
            refusal = new(FederationRefusal.InvalidRequest, FederationRefusal.Subject, "The subject of the subject token is not of 1 to 255 visible ASCII characters.");
        // Tokens end on whole seconds.
        else if (subject.Expires < now.AddSeconds(1))
            refusal = new(FederationRefusal.InvalidRequest, FederationRefusal.SubjectExpired, "The subject token is at its end.");
        if (refusal is not null || FederationClaims.Read(federation, subject, out refusal) is not { } claims) return null;

        return new MintRequest
        {
            Type = "JWT",
            Subject = subject.Subject,
            Audiences = [federation.Audience],
            Lifetime = federation.Lifetime,
            NotAfter = subject.Expires,
            WriteClaims = claims.WriteTo,
            Actor = clientId,
            Purpose = Purpose,
        };
    }

    // OpenID Connect Core 1.0 section 2: sub must not exceed 255 ASCII characters.
    private static bool IsSubject(string subject) => subject.Length is > 0 and <= FederationLimits.MaxSubjectCharacters && subject.All(c => c is >= ' ' and <= '~');
}

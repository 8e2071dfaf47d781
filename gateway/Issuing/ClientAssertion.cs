using Sallyport.Gateway.Redis;
using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway.Issuing;

/// <summary>Verifies the JWT by which a client proves itself: <c>private_key_jwt</c> (RFC 7523 section 3, OpenID Connect Core 1.0 section 9).</summary>
/// <remarks>
/// <code>
///   1 compact form, claims     iss and sub are both the client_id
///   2 key                      one of that client's, by kid and by the algorithm that the key takes
///   3 signature
///   4 claims                   typ, aud, exp, nbf, iat, jti
///   5 not used before
/// </code>
/// </remarks>
internal sealed class ClientAssertion(Clients clients, AssertionReplays replays, IssuerOptions options, TimeProvider clock)
{
    public const string Type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    public static readonly TimeSpan MaxLifetime = TimeSpan.FromMinutes(5);
    public static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    /// <summary>What a client may sign with; its key narrows that further.</summary>
    public static readonly IReadOnlyCollection<Algorithm> Algorithms = [.. Algorithm.All.Where(algorithm => !algorithm.IsSymmetric)];

    private const int MaxBytes = 8192;
    private const int MaxTokenIdLength = 256;

    // A JWT that is something else by its own word is no client assertion (RFC 8725 section 3.11).
    private static readonly string[] Types = ["JWT", "client-authentication+jwt"];

    private readonly string _tokenEndpoint = new IssuerAddresses(options.Issuer).TokenEndpoint;

    public async ValueTask<ClientProof> VerifyAsync(string assertion)
    {
        if (!CompactJws.TryParse(assertion, MaxBytes, out var jws, out _) || !ClaimsSet.TryParse(jws.Payload.Span, out var claims, out _))
            return TokenError.AssertionMalformed;
        if (claims.Issuer is not { Length: > 0 } id || !string.Equals(id, claims.Subject, StringComparison.Ordinal)) return TokenError.AssertionMalformed;
        if (clients.Find(id) is not { Keys: { } keys } client) return TokenError.ClientUnknown;
        if (keys.Select(jws.Header.KeyId, jws.Header.Algorithm, Algorithms).Key is not { } key) return new(client, TokenError.AssertionKeyUnknown);
        if (!key.Verify(jws.Header.Algorithm, jws.SigningInput, jws.Signature)) return new(client, TokenError.AssertionForged);
        if (Check(jws.Header, claims, clock.GetUtcNow()) is { } error) return new(client, error);
        try
        {
            return await replays.TryUseAsync(id, claims.TokenId!, claims.Expires!.Value + ClockSkew) ? new(client, null) : new(client, TokenError.AssertionReplayed);
        }
        catch (RedisAwayException)
        {
            return new(client, TokenError.ReplaysUnavailable);
        }
    }

    private TokenError? Check(JoseHeader header, ClaimsSet claims, DateTimeOffset now)
    {
        var type = header.Type ?? Types[0];
        if (type.StartsWith("application/", StringComparison.OrdinalIgnoreCase)) type = type["application/".Length..];
        if (!Types.Contains(type, StringComparer.OrdinalIgnoreCase)) return TokenError.AssertionType;
        // One that is meant for others too could be theirs, used here.
        if (claims.Audiences.Count == 0 || !claims.Audiences.All(audience => audience == options.Issuer || audience == _tokenEndpoint)) return TokenError.AssertionAudience;
        if (claims.Expires is not { } expires || now - ClockSkew >= expires) return TokenError.AssertionExpired;
        if (expires > now + MaxLifetime + ClockSkew) return TokenError.AssertionTooLong;
        if (claims.NotBefore > now + ClockSkew || claims.IssuedAt > now + ClockSkew) return TokenError.AssertionTooEarly;
        return claims.TokenId is { Length: > 0 and <= MaxTokenIdLength } ? null : TokenError.AssertionUnnamed;
    }
}

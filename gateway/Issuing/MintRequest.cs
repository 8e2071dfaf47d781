using System.Text.Json;

namespace Sallyport.Gateway.Issuing;

/// <summary>What a token is to say.</summary>
internal sealed record MintRequest
{
    /// <summary>The header's <c>typ</c>: <c>at+jwt</c> (RFC 9068) or <c>JWT</c>.</summary>
    public required string Type { get; init; }

    public required string Subject { get; init; }

    /// <summary>One is written as a string, several as an array.</summary>
    public required IReadOnlyList<string> Audiences { get; init; }

    public required TimeSpan Lifetime { get; init; }

    /// <summary>A moment that the token must not outlive, beside the key's; null for none.</summary>
    public DateTimeOffset? NotAfter { get; init; }

    /// <summary>Writes further members into the claims set. Never iss, sub, aud, iat, exp, nbf or jti: those are the mint's.</summary>
    public Action<Utf8JsonWriter>? WriteClaims { get; init; }

    /// <summary>Who asked for it, for the audit: a <c>client_id</c>, or the route for an assertion.</summary>
    public required string Actor { get; init; }

    /// <summary>What for: a label of metrics and audit, as <c>client_credentials</c>, <c>token_exchange</c>, <c>assertion</c>, <c>federation</c>, <c>development</c>.</summary>
    public required string Purpose { get; init; }
}

using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway.Keys;

/// <summary>One key of the ring, as all replicas know it. Times are by the clock of the store, in whole milliseconds.</summary>
internal sealed record RingKey
{
    /// <summary>The public half, with <c>alg</c> and, as <c>kid</c>, its own RFC 7638 thumbprint.</summary>
    public required Jwk Public { get; init; }

    public string KeyId => Public.KeyId!;

    public Algorithm Algorithm => Public.Algorithm!;

    public required KeyState State { get; init; }

    /// <summary>When it came into being.</summary>
    public required DateTimeOffset PreparedAt { get; init; }

    /// <summary>Before this it signs nothing, unless there is no other key that could.</summary>
    public required DateTimeOffset ActivateAt { get; init; }

    public DateTimeOffset? ActivatedAt { get; init; }

    public DateTimeOffset? RetiredAt { get; init; }

    /// <summary>No token that it signs is good any longer than this. Of a prepared key, what is planned.</summary>
    public required DateTimeOffset NotAfter { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>Why it was revoked, for people.</summary>
    public string? RevokedReason { get; init; }

    /// <summary>Whether an operator made it sign before verifiers had the time to see it.</summary>
    public bool IsEmergency { get; init; }

    /// <summary>Whether an operator prepared it: then its algorithm is what was asked for, whatever the configuration says.</summary>
    public bool IsByOperator { get; init; }

    /// <summary>The private half, sealed; empty once nobody may sign with it any more.</summary>
    public ReadOnlyMemory<byte> Sealed { get; init; }

    /// <summary>The latest of its endorsements by a workload's identity, a compact JWS; null while nobody endorsed it, and of a revoked key.</summary>
    public string? Endorsement { get; init; }

    /// <summary>When it came into the state that it is in.</summary>
    public DateTimeOffset Since => State switch
    {
        KeyState.Revoked => RevokedAt ?? PreparedAt,
        KeyState.Retired => RetiredAt ?? PreparedAt,
        KeyState.Active => ActivatedAt ?? PreparedAt,
        _ => PreparedAt,
    };

    /// <summary>Name and state only.</summary>
    public override string ToString() => $"{KeyId} {State}";
}

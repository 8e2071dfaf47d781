using Sallyport.Gateway.Secrets;

namespace Sallyport.Gateway.Trust;

/// <summary>The <c>Keys</c> section of a trusted issuer, checked.</summary>
internal sealed record KeySourceOptions
{
    public required KeySourceKind Kind { get; init; }

    /// <summary>Set for <see cref="KeySourceKind.JwksUri"/>.</summary>
    public Uri? JwksUri { get; init; }

    /// <summary>JSON text of a JWK Set; set for <see cref="KeySourceKind.Inline"/>.</summary>
    public string? Inline { get; init; }

    /// <summary>Full paths; set for <see cref="KeySourceKind.PemFile"/>.</summary>
    public IReadOnlyList<string> PemFiles { get; init; } = [];

    /// <summary>Where the shared secret is; set for <see cref="KeySourceKind.Secret"/>.</summary>
    public SecretSource? Secret { get; init; }

    /// <summary>After this age a set is refreshed in the background.</summary>
    public TimeSpan SoftExpiry { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>After this age a set is trusted no longer.</summary>
    public TimeSpan MaxStale { get; init; } = TimeSpan.FromDays(1);

    /// <summary>The least time between two attempts that brought nothing new.</summary>
    public TimeSpan Cooldown { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Time limit of one attempt, discovery included.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The largest document that is read, in bytes.</summary>
    public int MaxBytes { get; init; } = 256 * 1024;

    /// <summary>The most keys that a set may hold.</summary>
    public int MaxKeys { get; init; } = 64;

    public bool IsRemote => Kind is KeySourceKind.Derived or KeySourceKind.JwksUri or KeySourceKind.Discovery;
}

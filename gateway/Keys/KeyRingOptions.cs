using Sallyport.Gateway.Secrets;

namespace Sallyport.Gateway.Keys;

/// <summary>The <c>Sallyport:Issuer:Keys</c> section, checked: how our own keys are kept and rotated.</summary>
internal sealed record KeyRingOptions
{
    /// <summary>The <c>iss</c> of our tokens, which every key is bound to.</summary>
    public required string Issuer { get; init; }

    public required KeyStoreKind Store { get; init; }

    /// <summary>Full path; set for <see cref="KeyStoreKind.File"/>, and for <see cref="KeyStoreKind.AwsKms"/> without Redis.</summary>
    public string? Directory { get; init; }

    /// <summary>Where the ring itself lies, whatever makes the keys.</summary>
    public bool IsInRedis => Store == KeyStoreKind.Redis || (Store == KeyStoreKind.AwsKms && Directory is null);

    /// <summary>Set for <see cref="KeyStoreKind.AwsKms"/>.</summary>
    public KmsOptions? AwsKms { get; init; }

    /// <summary>Where the key-encryption keys are: the first seals, all open. Never empty but for <see cref="KeyStoreKind.Memory"/> and <see cref="KeyStoreKind.Spiffe"/>.</summary>
    public IReadOnlyList<SecretSource> KeyEncryptionKeys { get; init; } = [];

    /// <summary>What new keys sign with: ES256, ES384, ES512, RS256, RS384, RS512, PS256, PS384, PS512 or EdDSA. With <see cref="KeyStoreKind.Spiffe"/> what the SVID's key must be for; empty for whatever it is.</summary>
    public string Algorithm { get; init; } = "ES256";

    /// <summary>Size of a new RSA modulus in bits, 2048 to 4096.</summary>
    public int RsaBits { get; init; } = 3072;

    /// <summary>From the activation of a key to its <c>notAfter</c>. The successor is prepared at half of it, and active at five sixths.</summary>
    public TimeSpan Life { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How long verifiers may keep our JWK Set: <c>max-age</c> of the endpoint, and part of the time that a key is published before it signs.</summary>
    public TimeSpan JwksMaxAge { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How often the store is read; a change by another replica is known here after this time at the latest.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether no key signs without an endorsement by this workload's identity: <c>Sallyport:Identity:Required</c>.</summary>
    public bool IsEndorsementRequired { get; init; }

    /// <summary>How long a key is published before it signs: verifiers have fetched it by then, and replicas have read it.</summary>
    public TimeSpan Lead => JwksMaxAge + (2 * Poll);

    /// <summary>The longest life of a token: a sixth of the key's, so that no token outlives its key.</summary>
    public TimeSpan MaxTokenLifetime => Life / 6;
}

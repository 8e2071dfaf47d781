using Sallyport.Gateway.Keys;
using Sallyport.Tests.Keys;

namespace Sallyport.Tests.Kms;

/// <summary>How a <see cref="KmsProcess"/> is set up.</summary>
internal sealed record KmsPlan
{
    public string Algorithm { get; init; } = "ES256";

    public int RsaBits { get; init; } = 2048;

    public TimeSpan Freshness { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Long unless told otherwise: a busy machine is no KMS that is away.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(20);

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    public KeyEncryptionKeys Secrets { get; init; } = RingKit.Secrets;

    public bool HasCredentials { get; init; } = true;
}

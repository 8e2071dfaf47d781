using System.Security.Cryptography.X509Certificates;

namespace Sallyport.Tests.Support;

/// <summary>What a certificate of <see cref="SpiffeCa"/> is like: as SPIFFE wants a workload's to be, but for what a test says.</summary>
internal sealed record SvidShape
{
    /// <summary>The URIs among its names; null for the ID that it is issued to.</summary>
    public IReadOnlyList<string>? Uris { get; init; }

    public IReadOnlyList<string> DnsNames { get; init; } = [];

    public bool HasNames { get; init; } = true;

    public bool NamesAreCritical { get; init; }

    /// <summary>The whole subject; empty for none.</summary>
    public string Subject { get; init; } = "O=Sallyport tests";

    /// <summary>Null for no basicConstraints at all.</summary>
    public bool? IsAuthority { get; init; } = false;

    public int? PathLength { get; init; }

    /// <summary>Null for none at all.</summary>
    public X509KeyUsageFlags? Usage { get; init; } = X509KeyUsageFlags.DigitalSignature;

    public bool UsageIsCritical { get; init; } = true;

    /// <summary>Object identifiers; null for none at all.</summary>
    public IReadOnlyList<string>? Purposes { get; init; } = ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"];

    public IReadOnlyList<X509Extension> Others { get; init; } = [];

    /// <summary>A family and size: <c>P-256</c>, <c>P-384</c>, <c>P-521</c>, <c>secp256k1</c> or <c>RSA-n</c>.</summary>
    public string Key { get; init; } = "P-256";

    /// <summary>Before now.</summary>
    public TimeSpan Age { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>From now.</summary>
    public TimeSpan Life { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Of an authority.</summary>
    public static SvidShape Authority { get; } = new()
    {
        // Another than its leaves': who has the name of its issuer looks as if it had signed itself.
        Subject = "CN=Authority",
        IsAuthority = true,
        Usage = X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign,
        Purposes = null,
        Age = TimeSpan.FromDays(1),
        Life = TimeSpan.FromDays(3650),
    };
}

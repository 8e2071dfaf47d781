using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Sallyport.Gateway.Identity;

namespace Sallyport.Tests.Support;

/// <summary>The authority of a trust domain: its root, or one that another authority signed. Issues what a test asks for, defects and all.</summary>
internal sealed class SpiffeCa
{
    private readonly TimeProvider _clock;
    private readonly AsymmetricAlgorithm _key;
    private readonly X509Certificate2 _certificate;
    private readonly IReadOnlyList<byte[]> _above;

    /// <summary>A new root.</summary>
    public SpiffeCa(string trustDomain = "example.org", TimeProvider? clock = null, SvidShape? shape = null)
    {
        (TrustDomain, _clock, _above) = (trustDomain, clock ?? TimeProvider.System, []);
        shape ??= SvidShape.Authority with { Subject = $"CN=Root {Guid.NewGuid():N}" };
        _key = MakeKey(shape.Key);
        var request = Request(shape, $"spiffe://{trustDomain}", _key);
        var now = _clock.GetUtcNow();
        _certificate = request.CreateSelfSigned(now - shape.Age, now + shape.Life);
    }

    private SpiffeCa(SpiffeCa parent, SvidShape shape)
    {
        (TrustDomain, _clock, _key) = (parent.TrustDomain, parent._clock, MakeKey(shape.Key));
        var der = parent.Sign($"spiffe://{TrustDomain}", shape, _key);
        _certificate = X509CertificateLoader.LoadCertificate(der);
        _above = [der, .. parent._above];
    }

    public string TrustDomain { get; }

    /// <summary>Its own certificate, DER.</summary>
    public byte[] Certificate => _certificate.RawData;

    public string Pem => _certificate.ExportCertificatePem() + "\n";

    /// <summary>This authority alone, as the bundle of its trust domain.</summary>
    public TrustBundle Bundle => BundleOf(this);

    /// <summary>The same, where there is no other trust domain.</summary>
    public TrustBundles Bundles => new(Bundle);

    /// <summary>Several authorities of one trust domain, as its bundle.</summary>
    public static TrustBundle BundleOf(params IReadOnlyList<SpiffeCa> authorities)
    {
        Assert.True(Gateway.Identity.TrustDomain.TryParse(authorities[0].TrustDomain, out var domain));
        Assert.True(TrustBundle.TryCreate(domain, [.. authorities.Select(authority => authority.Certificate)], out var bundle, out var problem), problem);
        return bundle;
    }

    /// <summary>An authority that this one signs: what it issues has its certificate in the chain.</summary>
    public SpiffeCa Under(SvidShape? shape = null) => new(this, shape ?? SvidShape.Authority with { Subject = $"CN=Intermediate {Guid.NewGuid():N}", Life = TimeSpan.FromDays(30) });

    /// <summary>An SVID.</summary>
    /// <param name="path">The path of its SPIFFE ID with its slash, or a whole SPIFFE ID.</param>
    /// <param name="shape">As SPIFFE wants it, unless told.</param>
    /// <param name="secret">A private key to keep, in PKCS #8; a new one unless told.</param>
    public IssuedSvid Issue(string path = "/gateway", SvidShape? shape = null, byte[]? secret = null)
    {
        shape ??= new SvidShape();
        var id = path.StartsWith('/') ? $"spiffe://{TrustDomain}{path}" : path;
        using var key = MakeKey(shape.Key);
        if (secret is not null) key.ImportPkcs8PrivateKey(secret, out _);
        return new IssuedSvid(id, [Sign(id, shape, key), .. _above], key.ExportPkcs8PrivateKey());
    }

    private static AsymmetricAlgorithm MakeKey(string kind) => kind switch
    {
        "P-256" => ECDsa.Create(ECCurve.NamedCurves.nistP256),
        "P-384" => ECDsa.Create(ECCurve.NamedCurves.nistP384),
        "P-521" => ECDsa.Create(ECCurve.NamedCurves.nistP521),
        "secp256k1" => ECDsa.Create(ECCurve.CreateFromFriendlyName("secp256k1")),
        _ => RSA.Create(int.Parse(kind["RSA-".Length..])),
    };

    private static CertificateRequest Request(SvidShape shape, string id, AsymmetricAlgorithm key)
    {
        var subject = new X500DistinguishedName(shape.Subject);
        var request = key is RSA rsa
            ? new CertificateRequest(subject, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest(subject, (ECDsa)key, HashAlgorithmName.SHA256);
        if (shape.HasNames) request.CertificateExtensions.Add(Names(shape.Uris ?? [id], shape.DnsNames, shape.NamesAreCritical));
        if (shape.IsAuthority is { } isAuthority)
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, shape.PathLength is not null, shape.PathLength ?? 0, critical: true));
        if (shape.Usage is { } usage) request.CertificateExtensions.Add(new X509KeyUsageExtension(usage, shape.UsageIsCritical));
        if (shape.Purposes is { } purposes) request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([.. purposes.Select(oid => new Oid(oid))], critical: false));
        foreach (var other in shape.Others) request.CertificateExtensions.Add(other);
        return request;
    }

    // Written by hand: SubjectAlternativeNameBuilder takes no URI that .NET would not, and tests need those.
    private static X509Extension Names(IReadOnlyList<string> uris, IReadOnlyList<string> dnsNames, bool isCritical)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            foreach (var dns in dnsNames) writer.WriteCharacterString(UniversalTagNumber.IA5String, dns, new Asn1Tag(TagClass.ContextSpecific, 2));
            foreach (var uri in uris) writer.WriteCharacterString(UniversalTagNumber.IA5String, uri, new Asn1Tag(TagClass.ContextSpecific, 6));
        }

        return new X509Extension("2.5.29.17", writer.Encode(), isCritical);
    }

    private byte[] Sign(string id, SvidShape shape, AsymmetricAlgorithm key)
    {
        var generator = _key is RSA rsa ? X509SignatureGenerator.CreateForRSA(rsa, RSASignaturePadding.Pkcs1) : X509SignatureGenerator.CreateForECDsa((ECDsa)_key);
        var now = _clock.GetUtcNow();
        using var issued = Request(shape, id, key).Create(_certificate.SubjectName, generator, now - shape.Age, now + shape.Life, RandomNumberGenerator.GetBytes(8));
        return issued.RawData;
    }
}

using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace Sallyport.Gateway.Identity;

/// <summary>What the rules on certificates ask of their extensions (RFC 5280 section 4.2).</summary>
internal static class CertificateExtensions
{
    private const string SubjectAlternativeName = "2.5.29.17";
    private static readonly Asn1Tag UriName = new(TagClass.ContextSpecific, 6);

    /// <summary>Whether an extension is there twice, of which each reader would believe another one (section 4.2).</summary>
    public static bool HasTwice(this X509Certificate2 certificate) =>
        certificate.Extensions.GroupBy(extension => extension.Oid?.Value).Any(same => same.Count() > 1);

    public static T? Find<T>(this X509Certificate2 certificate)
        where T : X509Extension => certificate.Extensions.OfType<T>().FirstOrDefault();

    /// <summary>The URIs among the alternative names of the subject (section 4.2.1.6), as they are.</summary>
    /// <param name="certificate">Whose names.</param>
    /// <param name="isCritical">Whether whoever does not know that extension has to refuse the certificate.</param>
    /// <exception cref="AsnContentException">The extension is not what it should be.</exception>
    public static List<string> UriNames(this X509Certificate2 certificate, out bool isCritical)
    {
        var uris = new List<string>();
        var extension = certificate.Extensions.FirstOrDefault(found => found.Oid?.Value == SubjectAlternativeName);
        isCritical = extension?.Critical ?? false;
        if (extension is null) return uris;
        var reader = new AsnReader(extension.RawData, AsnEncodingRules.DER);
        var names = reader.ReadSequence();
        reader.ThrowIfNotEmpty();
        while (names.HasData)
        {
            if (names.PeekTag() == UriName) uris.Add(names.ReadCharacterString(UniversalTagNumber.IA5String, UriName));
            else names.ReadEncodedValue();
        }

        return uris;
    }
}

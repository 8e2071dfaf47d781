using System.Diagnostics.CodeAnalysis;
using Sallyport.Gateway.Identity;
using Sallyport.Gateway.Keys;

namespace Sallyport.Gateway.Attestation;

/// <summary>Whether a key of the archive was a SPIFFE identity's own, or one that it vouched for, by a trust bundle at hand.</summary>
/// <remarks>It says nothing of when the key signed: an endorsement is compared with its own time, a certificate with that at which the key was first seen.</remarks>
/// <param name="bundle">The file: see <see cref="TrustBundleDocument"/>.</param>
/// <param name="archive">The endorsements.</param>
internal sealed class KeyIdentity(byte[] bundle, EndorsementArchive archive)
{
    /// <summary>The longest file of a trust bundle.</summary>
    public const int MaxBundleBytes = 4 * 1024 * 1024;

    private const string Link = "endorsement";

    // An archive has one of a key for each renewal of the identity; more than these nobody reads.
    private const int MaxEndorsements = 1024;

    /// <summary>One link.</summary>
    /// <param name="key">The key that signed.</param>
    /// <param name="signature">Where the key is an identity's own, with its certificates.</param>
    public ProofLink Check(ArchivedKey key, DsseSignature signature) => key.KeyId == key.Public.KeyId ? CheckEndorsements(key) : CheckCertificates(key, signature);

    private ProofLink CheckEndorsements(ArchivedKey key)
    {
        string? problem = null;
        try
        {
            foreach (var (hash, text) in archive.Of(key.KeyId).Take(MaxEndorsements))
            {
                var read = Endorsement.Read(text, out var broken);
                broken ??= read!.Hash != hash ? "it lies under another name than its own" : Bundles(read.SpiffeId, out var bundles) ?? read.Check(key.Issuer, key.Public, key.KeyId, bundles!);
                if (broken is null) return ProofLink.Proven(Link, $"{read!.SpiffeId} vouched for the key, until {read.Expires:u}.");
                problem ??= broken;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ProofLink.Unverifiable(Link, "archive_unreadable", e.Message);
        }

        return problem is null
            ? ProofLink.Unverifiable(Link, "endorsement_missing", "The archive holds no endorsement of the key.")
            : ProofLink.Failed(Link, "endorsement_invalid", $"No endorsement of the key holds: {problem}.");
    }

    private ProofLink CheckCertificates(ArchivedKey key, DsseSignature signature)
    {
        if (signature.Chain.Count == 0) return ProofLink.Unverifiable(Link, "certificate_missing", "The key is a SPIFFE identity's own, and the envelope does not have its certificate.");
        var named = key.KeyId[..key.KeyId.LastIndexOf('#')];
        var problem = Bundles(named, out var bundles) ?? Check(key, named, signature.Chain, bundles!);
        return problem is null
            ? ProofLink.Proven(Link, $"It is the key of {named}.")
            : ProofLink.Failed(Link, "svid_invalid", $"The certificate does not hold: {problem}.");
    }

    private static string? Check(ArchivedKey key, string named, IReadOnlyList<byte[]> chain, TrustBundles bundles)
    {
        if (SvidLeaf.Read(chain[0], out var begins) is not { } leaf) return "it cannot be read";
        if (leaf.Thumbprint != key.Public.Thumbprint) return "it is of another key";
        var at = begins > key.PreparedAt ? begins : key.PreparedAt;
        return SvidCheck.Check(chain, bundles, at, out var id) ?? (id!.ToString() == named ? null : "it names another SPIFFE ID");
    }

    // The bundle vouches for the trust domain of whoever asks to be believed, as whoever gave it says.
    private string? Bundles(string spiffeId, out TrustBundles? bundles)
    {
        bundles = null;
        if (!SpiffeId.TryParse(spiffeId, out var id, out var problem)) return problem;
        if (!TryRead(id.TrustDomain, out var read, out problem)) return $"the trust bundle cannot be used: {problem}";
        bundles = new TrustBundles(read);
        return null;
    }

    private bool TryRead(TrustDomain domain, [NotNullWhen(true)] out TrustBundle? read, [NotNullWhen(false)] out string? problem)
    {
        try
        {
            return TrustBundleDocument.TryRead(domain, bundle, out read, out problem);
        }
        catch (InvalidOperationException)
        {
            // A lone surrogate: the JSON reader knows no other way to say so.
            (read, problem) = (null, "it holds text that is none");
            return false;
        }
    }
}

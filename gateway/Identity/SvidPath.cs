using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sallyport.Gateway.Identity;

/// <summary>The path of signatures from a leaf to the authorities of one trust domain (RFC 5280 section 6).</summary>
internal static class SvidPath
{
    /// <summary>A clause about the path, or null.</summary>
    /// <param name="chain">The leaf first.</param>
    /// <param name="bundle">Where it has to end.</param>
    /// <param name="at">When all of it has to hold.</param>
    public static string? Problem(IReadOnlyList<X509Certificate2> chain, TrustBundle bundle, DateTimeOffset at)
    {
        var anchors = new List<X509Certificate2>();
        try
        {
            anchors.AddRange(bundle.Certificates.Select(der => X509CertificateLoader.LoadCertificate(der)));
            if (Problem(chain, anchors, bundle, at) is not { } problem) return null;
            // An authority that has a new key may keep its name; the platform follows only one of such twins, and not always the right one.
            var twins = anchors.GroupBy(anchor => Convert.ToHexString(anchor.SubjectName.RawData), StringComparer.Ordinal).Where(same => same.Count() > 1).SelectMany(same => same);
            return twins.Any(twin => Problem(chain, [twin], bundle, at) is null) ? null : problem;
        }
        catch (Exception e) when (e is CryptographicException or PlatformNotSupportedException)
        {
            return "the path of its signatures cannot be followed";
        }
        finally
        {
            anchors.ForEach(anchor => anchor.Dispose());
        }
    }

    private static string? Problem(IReadOnlyList<X509Certificate2> chain, IReadOnlyList<X509Certificate2> anchors, TrustBundle bundle, DateTimeOffset at)
    {
        using var path = new X509Chain();
        try
        {
            path.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            path.ChainPolicy.CustomTrustStore.AddRange(anchors.ToArray());
            path.ChainPolicy.ExtraStore.AddRange(chain.Skip(1).ToArray());
            path.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            path.ChainPolicy.DisableCertificateDownloads = true;
            // A bundle may name an authority that another one signed. The path may end there, and only there: that is looked at below, byte by byte.
            path.ChainPolicy.VerificationFlags = X509VerificationFlags.AllowUnknownCertificateAuthority;
            path.ChainPolicy.VerificationTime = at.UtcDateTime;
            var isBuilt = path.Build(chain[0]);
            if (TimeProblem(path, at) is { } untimely) return untimely;
            var status = path.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status);
            if ((status & ~X509ChainStatusFlags.PartialChain) != X509ChainStatusFlags.NoError || !isBuilt) return Words(status);
            return bundle.Holds(path.ChainElements[^1].Certificate.RawDataMemory.Span)
                ? LinkProblem(path, chain, bundle)
                : $"no path of signatures leads from it to an authority of {bundle.TrustDomain}";
        }
        finally
        {
            foreach (var element in path.ChainElements) element.Certificate.Dispose();
        }
    }

    /// <summary>Said before all else, because it is what happens most, and in which direction matters.</summary>
    private static string? TimeProblem(X509Chain path, DateTimeOffset at)
    {
        for (var i = 0; i < path.ChainElements.Count; i++)
        {
            var (certificate, whose) = (path.ChainElements[i].Certificate, i == 0 ? "it" : "the certificate of an authority above it");
            if (at.UtcDateTime < certificate.NotBefore.ToUniversalTime()) return string.Create(CultureInfo.InvariantCulture, $"{whose} holds from {certificate.NotBefore.ToUniversalTime():u} only");
            if (at.UtcDateTime > certificate.NotAfter.ToUniversalTime()) return string.Create(CultureInfo.InvariantCulture, $"{whose} ended at {certificate.NotAfter.ToUniversalTime():u}");
        }

        return null;
    }

    /// <summary>What the platform does not ask: that every key and signature is strong, and every authority one of SPIFFE.</summary>
    private static string? LinkProblem(X509Chain path, IReadOnlyList<X509Certificate2> chain, TrustBundle bundle)
    {
        for (var i = 0; i < path.ChainElements.Count; i++)
        {
            var (certificate, isAnchor) = (path.ChainElements[i].Certificate, i == path.ChainElements.Count - 1);
            if (i == 0 && isAnchor) return "it is an authority of its own trust domain, or its bundle holds it";
            // The platform also looks among the intermediates of this machine's user, and another machine would then say something else.
            if (!chain.Any(given => given.RawDataMemory.Span.SequenceEqual(certificate.RawDataMemory.Span)) && !bundle.Holds(certificate.RawDataMemory.Span))
                return "an intermediate is missing in its chain";
            if (i > 0 && AuthorityRules.Problem(certificate, isAnchor) is { } problem) return problem;
            if (CertificateKey.Read(certificate, out var weak) is null) return i == 0 ? weak : $"of an authority above it: {weak}";
            // Nobody goes by the signature of an anchor: the bundle vouches for it.
            if (!isAnchor && !CertificateKey.IsSignedWell(certificate)) return "it, or an authority above it, is signed with something else than SHA-2 with RSA or ECDSA";
        }

        return null;
    }

    private static string Words(X509ChainStatusFlags status)
    {
        if (status.HasFlag(X509ChainStatusFlags.NotSignatureValid)) return "a signature in its chain is not valid";
        if ((status & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain)) != X509ChainStatusFlags.NoError) return "no path of signatures leads from it to an authority of its trust domain";
        if (status.HasFlag(X509ChainStatusFlags.InvalidBasicConstraints)) return "an authority above it must not sign it (CA, pathLenConstraint)";
        return $"its chain does not hold: {status}";
    }
}

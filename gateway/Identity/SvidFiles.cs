using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sallyport.Gateway.Identity;

/// <summary>Identities from files that somebody else keeps new: looks at what is in them again and again.</summary>
/// <remarks>They are written one after the other, and not always in one go. So what does not fit together is looked at twice before anybody hears
/// of it, and what was taken before goes on. Names of files and times are not relied on: a symbolic link that now leads elsewhere is a change.</remarks>
/// <param name="names">The files.</param>
/// <param name="wanted">Whom they have to name; null for whomever they do.</param>
/// <param name="clock">The clock of identities and pauses.</param>
/// <param name="pause">Between looks; 2 s unless told.</param>
internal sealed class SvidFiles(SvidFileNames names, SpiffeId? wanted, TimeProvider clock, TimeSpan? pause = null) : IIdentityFeed
{
    private const int MostBytes = 1024 * 1024;

    private readonly TimeSpan _pause = pause ?? TimeSpan.FromSeconds(2);
    private string? _taken;
    private string? _refused;
    private bool _isOpenToOthers;

    public async Task RunAsync(IdentityIntake intake, CancellationToken cancellation)
    {
        while (true)
        {
            Look(intake);
            await Task.Delay(_pause, clock, cancellation);
        }
    }

    /// <summary>Takes what is in the files now, if that is something else than before.</summary>
    public void Look(IdentityIntake intake)
    {
        byte[] key = [];
        try
        {
            var (certificate, bundle) = (Read(names.Certificate), Read(names.Bundle));
            key = Read(names.Key);
            WarnOfOthers(intake);
            var content = Digest(certificate, key, bundle);
            if (string.Equals(content, _taken, StringComparison.Ordinal))
            {
                if (_refused is not null) intake.Confirm();
                _refused = null;
                return;
            }

            if (Take(certificate, key, bundle, out var snapshot) is { } problem)
            {
                Refuse(intake, content, problem);
                return;
            }

            (_taken, _refused) = (content, null);
            intake.Take(snapshot!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Refuse(intake, e.Message, e.Message);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private string? Take(byte[] certificate, byte[] key, byte[] bundle, out IdentitySnapshot? snapshot)
    {
        snapshot = null;
        if (!CertificateList.TryReadPem(certificate, SvidCheck.MostCertificates, out var chain, out var problem)) return $"{names.Certificate}: {problem}";
        if (Named(chain[0], out var id) is { } nameless) return $"{names.Certificate}: {nameless}";
        if (wanted is not null && id != wanted) return $"{names.Certificate} names {id}, not {wanted}";
        if (!TrustBundle.TryReadPem(id!.TrustDomain, bundle, out var trusted, out problem)) return $"{names.Bundle}: {problem}";
        var bundles = new TrustBundles(trusted);
        var secret = PrivateKey(key, out problem);
        if (secret is null) return $"{names.Key}: {problem}";
        try
        {
            if (!X509Svid.TryCreate(chain, secret, bundles, clock.GetUtcNow(), out var svid, out problem)) return $"{names.Certificate}: {problem}";
            snapshot = new IdentitySnapshot(svid, bundles);
            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    private static string? Named(byte[] leaf, out SpiffeId? id)
    {
        id = null;
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificate(leaf);
            return LeafRules.Problem(certificate, out id);
        }
        catch (CryptographicException)
        {
            return "a certificate cannot be read";
        }
    }

    // Exactly one block, so that nobody wonders which of several was meant.
    private static byte[]? PrivateKey(ReadOnlySpan<byte> pem, out string? problem)
    {
        problem = "it does not hold exactly one PRIVATE KEY in PEM (PKCS #8, not encrypted)";
        if (!PemEncoding.TryFindUtf8(pem, out var block) || !pem[block.Label].SequenceEqual("PRIVATE KEY"u8)) return null;
        if (pem[block.Location.End..].IndexOf("-----BEGIN"u8) >= 0 || pem[..block.Location.Start].IndexOf("-----BEGIN"u8) >= 0) return null;
        var der = new byte[block.DecodedDataLength];
        if (Base64.DecodeFromUtf8(pem[block.Base64Data], der, out _, out var written) == System.Buffers.OperationStatus.Done && written == der.Length) return der;
        CryptographicOperations.ZeroMemory(der);
        return null;
    }

    // The first time it may be a file that is being written; but whoever has nothing yet wants to know what is missing.
    private void Refuse(IdentityIntake intake, string content, string problem)
    {
        var isLasting = _taken is null || string.Equals(_refused, content, StringComparison.Ordinal);
        _refused = content;
        if (isLasting) intake.Refuse(problem);
    }

    private void WarnOfOthers(IdentityIntake intake)
    {
        if (OperatingSystem.IsWindows()) return;
        var isOpen = (File.GetUnixFileMode(names.Key) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite)) != UnixFileMode.None;
        if (isOpen && !_isOpenToOthers) intake.Warn($"Everybody on this machine can read or write {names.Key}, which holds a private key");
        _isOpenToOthers = isOpen;
    }

    private static byte[] Read(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        var buffer = new byte[16 * 1024];
        var count = 0;
        while (stream.Read(buffer, count, buffer.Length - count) is > 0 and var read)
        {
            count += read;
            if (count > MostBytes) throw new IOException($"{file} has more than a mebibyte.");
            if (count < buffer.Length) continue;
            var larger = new byte[buffer.Length * 2];
            buffer.CopyTo(larger, 0);
            CryptographicOperations.ZeroMemory(buffer);
            buffer = larger;
        }

        var content = buffer[..count];
        CryptographicOperations.ZeroMemory(buffer);
        return content;
    }

    private static string Digest(params IReadOnlyList<byte[]> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files) hash.AppendData(SHA256.HashData(file));
        return Convert.ToHexString(hash.GetHashAndReset());
    }
}

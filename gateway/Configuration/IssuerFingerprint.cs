using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Sallyport.Gateway.Trust;

namespace Sallyport.Gateway.Configuration;

/// <summary>Tells whether a reload changed an issuer: a hash of its options and of the key files they name.</summary>
/// <remarks>The hash is keyed by a secret of this process, because it covers secret files and may end up in a log.</remarks>
internal static class IssuerFingerprint
{
    private static readonly byte[] ProcessKey = RandomNumberGenerator.GetBytes(32);

    public static string Of(TrustedIssuerOptions options)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, ProcessKey);
        hash.AppendData(JsonSerializer.SerializeToUtf8Bytes(options with { Fingerprint = "" }));
        foreach (var file in options.Keys.PemFiles)
            hash.AppendData(Contents(file));
        if (options.Keys.SecretFile is { } secret)
            hash.AppendData(Contents(secret));
        if (options.Keys.SecretEnvironment is { } variable)
            hash.AppendData(Encoding.UTF8.GetBytes(Environment.GetEnvironmentVariable(variable) ?? ""));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static byte[] Contents(string file) => SHA256.HashData(KeyFile.TryRead(file, out var bytes) is null ? bytes : []);
}

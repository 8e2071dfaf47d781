using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Sallyport.Gateway.Secrets;

namespace Sallyport.Gateway.Keys;

/// <summary>The secrets that protect the ring where it lies: the first seals and signs, all open and verify. 32 random bytes each.</summary>
/// <remarks>They are never used themselves: every purpose has a key of its own, by HKDF-SHA256 (RFC 5869).</remarks>
internal sealed class KeyEncryptionKeys
{
    public const int KeyBytes = 32;

    private const string Mend = "Give 32 random bytes: raw, or as 44 characters of base64, or as 64 of hex.";

    private readonly byte[][] _keys;

    private KeyEncryptionKeys(byte[][] keys) => _keys = keys;

    public int Count => _keys.Length;

    /// <summary>One that ends with this process.</summary>
    public static KeyEncryptionKeys Ephemeral() => new([RandomNumberGenerator.GetBytes(KeyBytes)]);

    /// <param name="keys">At least one, each <see cref="KeyBytes"/> long.</param>
    public static KeyEncryptionKeys Of(params byte[][] keys) => new(keys);

    /// <summary>Reads all of them anew; false with a sentence that repeats nothing of them.</summary>
    public static bool TryRead(IReadOnlyList<SecretSource> sources, [NotNullWhen(true)] out KeyEncryptionKeys? keys, [NotNullWhen(false)] out string? problem)
    {
        keys = null;
        problem = sources.Count == 0 ? "No key-encryption key is configured." : null;
        var read = new List<byte[]>();
        foreach (var source in sources)
        {
            if (!source.TryRead(leastBytes: 0, out var secret, out var unread))
            {
                problem = unread!;
                return false;
            }

            if (Decode(secret) is not { } key)
            {
                problem = $"The key-encryption key of {source.Place} has {secret.Length} bytes. {Mend}";
                return false;
            }

            if (!key.AsSpan().ContainsAnyExcept(key[0]))
            {
                problem = $"The key-encryption key of {source.Place} is one byte over and over. {Mend}";
                return false;
            }

            read.Add(key);
        }

        if (problem is not null) return false;
        keys = new KeyEncryptionKeys([.. read]);
        return true;
    }

    /// <summary>The key of one purpose, of each secret.</summary>
    public IEnumerable<byte[]> Derive(string purpose, string issuer, int bytes = KeyBytes)
    {
        var info = LengthPrefixed.Of(purpose, issuer);
        return _keys.Select(key => HKDF.DeriveKey(HashAlgorithmName.SHA256, key, bytes, salt: null, info));
    }

    /// <summary>Says nothing of them.</summary>
    public override string ToString() => $"{_keys.Length} key-encryption keys";

    private static byte[]? Decode(byte[] secret)
    {
        switch (secret.Length)
        {
            case KeyBytes:
                return secret;
            case 2 * KeyBytes:
                var bytes = new byte[KeyBytes];
                return Convert.FromHexString(Encoding.ASCII.GetString(secret), bytes, out _, out var written) == System.Buffers.OperationStatus.Done && written == KeyBytes ? bytes : null;
            case 44:
                var decoded = new byte[KeyBytes + 1];
                return Base64.DecodeFromUtf8(secret, decoded, out _, out var length) == System.Buffers.OperationStatus.Done && length == KeyBytes ? decoded[..KeyBytes] : null;
            default:
                return null;
        }
    }
}

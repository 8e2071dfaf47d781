using System.Security.Cryptography;

namespace Sallyport.Gateway.Keys;

/// <summary>Private keys as they may lie in a store: AES-256-GCM (NIST SP 800-38D), bound to the key's name, its purpose and the issuer.</summary>
/// <remarks>
/// <code>
///   version  1 byte, 1
///   id       8 bytes, of the key-encryption key
///   nonce   12 bytes, random
///   tag     16 bytes
///   sealed  the rest
/// </code>
/// Associated data: version, kid, purpose and issuer, each with its length. So a blob in another key's, purpose's or issuer's place does not open.
/// </remarks>
internal sealed class KeySealing
{
    /// <summary>What the keys of the ring are for.</summary>
    public const string TokenSigning = "token signing";

    /// <summary>Not a key, but the name of one that AWS KMS keeps: nobody but a holder of the key-encryption key points the ring at another.</summary>
    public const string KmsKeyName = "name of an AWS KMS key";

    private const byte Version = 1;
    private const int IdBytes = 8;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int HeadBytes = 1 + IdBytes + NonceBytes + TagBytes;

    private readonly (byte[] Id, byte[] Key)[] _keys;
    private readonly string _purpose;
    private readonly string _issuer;

    public KeySealing(KeyEncryptionKeys keys, string issuer, string purpose = TokenSigning)
    {
        (_issuer, _purpose) = (issuer, purpose);
        // The id has nothing of the purpose or the issuer in it: one key-encryption key is one name everywhere.
        _keys = [.. keys.Derive("sallyport key-encryption key id", "", IdBytes).Zip(keys.Derive("sallyport key sealing", issuer))];
    }

    /// <summary>Seals with the first key-encryption key.</summary>
    public byte[] Seal(string keyId, ReadOnlySpan<byte> secret)
    {
        var blob = new byte[HeadBytes + secret.Length];
        blob[0] = Version;
        _keys[0].Id.CopyTo(blob, 1);
        var nonce = blob.AsSpan(1 + IdBytes, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(_keys[0].Key, TagBytes);
        aes.Encrypt(nonce, secret, blob.AsSpan(HeadBytes), blob.AsSpan(1 + IdBytes + NonceBytes, TagBytes), Associated(keyId));
        return blob;
    }

    /// <summary>Opens what any of the key-encryption keys sealed for this very name; false with a clause that says why not.</summary>
    /// <param name="secret">Whoever asks zeroes it.</param>
    public bool TryOpen(string keyId, ReadOnlySpan<byte> blob, out byte[] secret, out string? problem)
    {
        secret = [];
        if (blob.Length <= HeadBytes || blob[0] != Version)
        {
            problem = "it is no sealed key";
            return false;
        }

        var isKnown = false;
        foreach (var (id, key) in _keys)
        {
            if (!blob.Slice(1, IdBytes).SequenceEqual(id)) continue;
            isKnown = true;
            var opened = new byte[blob.Length - HeadBytes];
            using var aes = new AesGcm(key, TagBytes);
            try
            {
                aes.Decrypt(blob.Slice(1 + IdBytes, NonceBytes), blob[HeadBytes..], blob.Slice(1 + IdBytes + NonceBytes, TagBytes), opened, Associated(keyId));
                secret = opened;
                problem = null;
                return true;
            }
            catch (AuthenticationTagMismatchException)
            {
                // Perhaps another key-encryption key has the same id; nobody made it so, but nothing relies on it.
            }
        }

        problem = isKnown ? "it was sealed for another key, purpose or issuer, or was changed" : "it was sealed with a key-encryption key that is not configured here";
        return false;
    }

    /// <summary>Whether the first key-encryption key sealed it.</summary>
    public bool IsByFirst(ReadOnlySpan<byte> blob) => blob.Length > HeadBytes && blob[0] == Version && blob.Slice(1, IdBytes).SequenceEqual(_keys[0].Id);

    /// <summary>Says nothing of the keys.</summary>
    public override string ToString() => $"Sealing for {_purpose} of {_issuer}";

    private byte[] Associated(string keyId) => [Version, .. LengthPrefixed.Of(keyId, _purpose, _issuer)];
}

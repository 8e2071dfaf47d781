using Sallyport.Gateway.Keys;

namespace Sallyport.Gateway.Proof;

/// <summary>The public keys of an archive, each read once.</summary>
/// <param name="directory">The archive.</param>
internal sealed class ArchivedKeys(string directory)
{
    private const int MaxBytes = 16 * 1024;
    private const int MostKept = 1024;

    private readonly Dictionary<string, KeyOfArchive> _known = new(StringComparer.Ordinal);

    public KeyOfArchive Find(string? keyId)
    {
        if (keyId is null) return new KeyOfArchive(null, IsDamaged: true, "kid_missing", "it names no key");
        if (_known.TryGetValue(keyId, out var known)) return known;
        if (_known.Count == MostKept) _known.Clear();
        return _known[keyId] = Read(keyId);
    }

    private KeyOfArchive Read(string keyId)
    {
        if (KeyName.ThumbprintOf(keyId) is not { } thumbprint) return new KeyOfArchive(null, IsDamaged: false, "key_not_archived", "the key that it names is none of ours by its name");
        var path = Path.Combine(directory, "keys", thumbprint + ".json");
        try
        {
            if (ArchiveFile.TryRead(path, MaxBytes) is not { } kept) return new KeyOfArchive(null, IsDamaged: false, "key_not_archived", $"the archive does not have {path}");
            // Byte for byte as it was written: there is nothing in it that could be changed unseen and still be it.
            if (ArchivedKey.Read(kept, thumbprint) is not { } key || !kept.AsSpan().SequenceEqual(key.ToJson())) return new KeyOfArchive(null, IsDamaged: true, "archive_damaged", $"{path} is not what was archived under that name");
            if (key.Purpose != KeySealing.TokenSigning) return new KeyOfArchive(null, IsDamaged: true, "key_purpose", $"{path} is of a key for something else");
            return key.KeyId == keyId
                ? new KeyOfArchive(key, IsDamaged: false, "", "")
                : new KeyOfArchive(null, IsDamaged: true, "archive_damaged", $"{path} is of a key by another name, {key.KeyId}");
        }
        catch (ArchiveFaultException e)
        {
            return new KeyOfArchive(null, IsDamaged: false, "archive_unreadable", e.Message.TrimEnd('.'));
        }
    }
}

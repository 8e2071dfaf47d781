using System.Buffers.Binary;

namespace Sallyport.Gateway.Revocation;

/// <summary>The records as they came, by bucket, packed: what a replica gives back to a Redis that lost them.</summary>
/// <remarks>Issuers are few and their names long: each name is kept once.</remarks>
internal sealed class HeldRecords
{
    // Below the size from which .NET keeps arrays apart and never moves them.
    private const int ChunkBytes = 64 * 1024;
    private const int NumberBytes = sizeof(ushort);

    private readonly Dictionary<long, List<Chunk>> _buckets = [];
    private readonly List<byte[]> _issuers = [];

    public IReadOnlyCollection<long> Ends => _buckets.Keys;

    public bool Has(long end) => _buckets.ContainsKey(end);

    public void Add(long end, in SealedRecord record)
    {
        if (!_buckets.TryGetValue(end, out var chunks)) _buckets.Add(end, chunks = []);
        var length = record.Whole.Length - record.Issuer.Length;
        if (chunks.Count == 0 || chunks[^1].Free < (2 * NumberBytes) + length) chunks.Add(new Chunk());
        chunks[^1].Add(record, IndexOf(record.Issuer));
    }

    /// <summary>The records of one bucket, in the order in which they came.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> In(long end) =>
        _buckets.TryGetValue(end, out var chunks) ? chunks.SelectMany(chunk => chunk.Records(_issuers)) : [];

    public void DropEnded(long now)
    {
        foreach (var end in _buckets.Keys.Where(end => end <= now).ToArray()) _buckets.Remove(end);
    }

    private ushort IndexOf(ReadOnlySpan<byte> issuer)
    {
        for (var i = 0; i < _issuers.Count; i++)
            if (issuer.SequenceEqual(_issuers[i]))
                return (ushort)i;
        _issuers.Add(issuer.ToArray());
        return checked((ushort)(_issuers.Count - 1));
    }

    /// <summary>Entries one behind the other: length of the rest, number of the issuer, the record without the issuer's name.</summary>
    private sealed class Chunk
    {
        private readonly byte[] _bytes = new byte[ChunkBytes];
        private int _used;

        public int Free => _bytes.Length - _used;

        public void Add(in SealedRecord record, ushort issuer)
        {
            var head = record.Whole[..SealedRecord.IssuerOffset];
            var tail = record.Whole[(SealedRecord.IssuerOffset + record.Issuer.Length)..];
            BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan(_used), (ushort)(head.Length + tail.Length));
            BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan(_used + NumberBytes), issuer);
            _used += 2 * NumberBytes;
            head.CopyTo(_bytes.AsSpan(_used));
            tail.CopyTo(_bytes.AsSpan(_used + head.Length));
            _used += head.Length + tail.Length;
        }

        public IEnumerable<ReadOnlyMemory<byte>> Records(List<byte[]> issuers)
        {
            for (var at = 0; at < _used;)
            {
                var length = BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(at));
                var issuer = issuers[BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(at + NumberBytes))];
                var rest = _bytes.AsMemory(at + (2 * NumberBytes), length);
                byte[] record = [.. rest.Span[..SealedRecord.IssuerOffset], .. issuer, .. rest.Span[SealedRecord.IssuerOffset..]];
                yield return record;
                at += (2 * NumberBytes) + length;
            }
        }
    }
}

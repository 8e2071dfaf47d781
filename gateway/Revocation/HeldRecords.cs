using System.Buffers.Binary;

namespace Sallyport.Gateway.Revocation;

/// <summary>The records as they came, by bucket, packed: what a replica gives back to a Redis that lost them.</summary>
internal sealed class HeldRecords
{
    // Below the size from which .NET keeps arrays apart and never moves them.
    private const int ChunkBytes = 64 * 1024;
    private const int LengthBytes = sizeof(ushort);

    private readonly Dictionary<long, List<Chunk>> _buckets = [];

    public IReadOnlyCollection<long> Ends => _buckets.Keys;

    public bool Has(long end) => _buckets.ContainsKey(end);

    public void Add(long end, ReadOnlySpan<byte> record)
    {
        if (!_buckets.TryGetValue(end, out var chunks)) _buckets.Add(end, chunks = []);
        if (chunks.Count == 0 || chunks[^1].Free < LengthBytes + record.Length) chunks.Add(new Chunk(new byte[ChunkBytes]));
        chunks[^1].Add(record);
    }

    /// <summary>The records of one bucket, in the order in which they came.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> In(long end) =>
        _buckets.TryGetValue(end, out var chunks) ? chunks.SelectMany(chunk => chunk.Records()) : [];

    public void DropEnded(long now)
    {
        foreach (var end in _buckets.Keys.Where(end => end <= now).ToArray()) _buckets.Remove(end);
    }

    private sealed class Chunk(byte[] bytes)
    {
        private int _used;

        public int Free => bytes.Length - _used;

        public void Add(ReadOnlySpan<byte> record)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(_used), (ushort)record.Length);
            record.CopyTo(bytes.AsSpan(_used + LengthBytes));
            _used += LengthBytes + record.Length;
        }

        public IEnumerable<ReadOnlyMemory<byte>> Records()
        {
            for (var at = 0; at < _used;)
            {
                var length = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at));
                yield return bytes.AsMemory(at + LengthBytes, length);
                at += LengthBytes + length;
            }
        }
    }
}

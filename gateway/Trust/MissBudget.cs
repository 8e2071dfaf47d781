using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Sallyport.Gateway.Trust;

/// <summary>Counts, per client address, tokens whose kid nobody knew. An address over its budget waits longer for a fetch of its own making.</summary>
/// <remarks>
/// So a sender of random kids leaves the next fetch to somebody else's rotation. IPv6 clients count by /64: one host
/// commands all addresses of it. Bounded: when the table is full it starts anew, which only forgives.
/// </remarks>
internal sealed class MissBudget(int misses, TimeSpan window, TimeProvider clock)
{
    public const int Capacity = 4096;

    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, (int Count, long Last)> _counts = [];

    /// <summary>Records a miss; true while the address is within its budget. The count ends when the address makes no miss for a window.</summary>
    public bool TrySpend(IPAddress? client)
    {
        var key = KeyOf(client);
        lock (_lock)
        {
            var now = clock.GetTimestamp();
            if (_counts.TryGetValue(key, out var spent) && clock.GetElapsedTime(spent.Last, now) < window)
            {
                _counts[key] = (Math.Min(spent.Count + 1, int.MaxValue - 1), now);
                return spent.Count < misses;
            }

            if (_counts.Count >= Capacity) _counts.Clear();
            _counts[key] = (1, now);
            return true;
        }
    }

    /// <summary>Takes a recorded miss back: the kid turned out to be one of the issuer's, or the issuer could not be asked.</summary>
    public void Refund(IPAddress? client)
    {
        var key = KeyOf(client);
        lock (_lock)
            if (_counts.TryGetValue(key, out var spent) && spent.Count > 0)
                _counts[key] = spent with { Count = spent.Count - 1 };
    }

    private static ulong KeyOf(IPAddress? client)
    {
        if (client is null) return 0;
        if (client.IsIPv4MappedToIPv6) client = client.MapToIPv4();
        Span<byte> bytes = stackalloc byte[16];
        if (!client.TryWriteBytes(bytes, out _)) return 0;
        return client.AddressFamily == AddressFamily.InterNetworkV6
            ? BinaryPrimitives.ReadUInt64BigEndian(bytes)
            : BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }
}

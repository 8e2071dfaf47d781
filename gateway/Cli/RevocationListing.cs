using System.Text;
using System.Text.Json;
using Sallyport.Gateway.Configuration;
using Sallyport.Gateway.Revocation;

namespace Sallyport.Gateway.Cli;

/// <summary>The newest revocations of those that are added; of the others only their number is kept.</summary>
/// <param name="limit">How many are kept.</param>
/// <param name="iss">Only of this issuer; null for all.</param>
internal sealed class RevocationListing(int limit, string? iss)
{
    private readonly PriorityQueue<RevocationRecord, uint> _newest = new();
    private readonly HashSet<RevocationRecord> _kept = [];
    private readonly byte[]? _iss = iss is null ? null : Encoding.UTF8.GetBytes(iss);
    private long _count;
    private long _ignored;

    private RevocationRecord[] Newest => [.. _kept.OrderByDescending(record => record.RevokedAt)];

    /// <summary>Counts one that is malformed, or that nobody with the MAC key made.</summary>
    public void Ignore() => _ignored++;

    public void Add(in SealedRecord sealedRecord)
    {
        if (_iss is not null && !sealedRecord.Issuer.SequenceEqual(_iss)) return;
        _count++;
        if (_newest.Count == limit && sealedRecord.RevokedAt <= _newest.Peek().RevokedAt) return;
        var record = sealedRecord.ToRecord();
        if (!_kept.Add(record))
        {
            // Written back by two replicas at once.
            _count--;
            return;
        }

        _newest.Enqueue(record, record.RevokedAt);
        if (_newest.Count > limit) _kept.Remove(_newest.Dequeue());
    }

    public void Write(ConsoleStreams streams, GatewayOptions options)
    {
        if (_count > 0)
            PlainTable.Write(streams, ["Revoked", "Issuer", "What", "Kept until", "Reason"], Newest.Select(record => (string[])
            [
                WrittenRevocation.Written(record.RevokedAt), WrittenRevocation.NameOf(record, options) ?? record.Issuer, WrittenRevocation.Whom(record), WrittenRevocation.Written(record.Expires), record.Reason,
            ]));
        streams.Output.WriteLine(_count == 0 ? "Nothing is revoked." : _count > _kept.Count ? $"The newest {_kept.Count} of {_count} revocations." : $"{_count} revocations.");
        if (_ignored > 0) streams.Output.WriteLine($"{_ignored} records are not authentic, or malformed: every replica ignores them. Somebody without the MAC key writes into Redis, or a MAC key was taken off too early.");
    }

    public void WriteTo(Utf8JsonWriter writer, GatewayOptions options)
    {
        writer.WriteStartObject();
        writer.WriteNumber("count", _count);
        writer.WriteNumber("notAuthentic", _ignored);
        writer.WriteStartArray("revocations");
        foreach (var record in Newest)
        {
            writer.WriteStartObject();
            WrittenRevocation.WriteMembers(writer, record, options);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}

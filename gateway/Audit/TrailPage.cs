using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace Sallyport.Gateway.Audit;

/// <summary>Lines that are about to be written in one piece: numbered and chained from an end on.</summary>
internal sealed class TrailPage(TrailHead head)
{
    private const int NameBytes = 16;

    private readonly ArrayBufferWriter<byte> _bytes = new(4096);
    private readonly List<byte[]> _lines = [];
    private readonly List<string> _checkpoints = [];

    /// <summary>The end, with these lines.</summary>
    public TrailHead Head { get; private set; } = head;

    /// <summary>The lines, each with its line end.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes.WrittenMemory;

    /// <summary>Without line ends.</summary>
    public IReadOnlyList<byte[]> Lines => _lines;

    /// <summary>Those of its lines.</summary>
    public IReadOnlyList<string> Checkpoints => _checkpoints;

    /// <summary>A page after <paramref name="head"/>; where nothing is yet, it begins with the line that names the trail.</summary>
    public static TrailPage After(TrailHead head, string? issuer, DateTimeOffset now)
    {
        var page = new TrailPage(head);
        if (head.Count == 0)
            page.Add(new AuditRecord { Event = AuditEvent.TrailStarted, Time = now, Issuer = issuer, Trail = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(NameBytes)) });
        return page;
    }

    public void Add(AuditRecord record)
    {
        var line = new TrailLine(Head.Count + 1, record, Head.Hash);
        var bytes = line.ToJson();
        _bytes.Write(bytes);
        _bytes.Write("\n"u8);
        _lines.Add(bytes);
        if (record is { Event: AuditEvent.Checkpoint, Checkpoint: { } checkpoint }) _checkpoints.Add(checkpoint);
        Head = Head.After(line, bytes);
    }
}

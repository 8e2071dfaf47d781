using System.Text;
using Google.Protobuf;

namespace Sallyport.Tests.Support;

/// <summary>A protobuf message read by its wire format alone: fields by number, whatever the schema calls them.</summary>
internal sealed class ProtoMessage
{
    private readonly List<(int Field, ByteString Bytes, ulong Number)> _fields = [];

    private ProtoMessage()
    {
    }

    public static ProtoMessage Read(ReadOnlySpan<byte> bytes) => Read(ByteString.CopyFrom(bytes));

    /// <summary>The messages that this path of field numbers leads to.</summary>
    public IEnumerable<ProtoMessage> All(params int[] path) => path.Length switch
    {
        0 => [this],
        _ => _fields.Where(f => f.Field == path[0]).SelectMany(f => Read(f.Bytes).All(path[1..])),
    };

    /// <summary>The first text of a field; empty when there is none.</summary>
    public string Text(int field) => Encoding.UTF8.GetString(Bytes(field).Span);

    /// <summary>The first length-delimited value of a field; empty when there is none.</summary>
    public ByteString Bytes(int field) => _fields.FirstOrDefault(f => f.Field == field).Bytes ?? ByteString.Empty;

    /// <summary>The bits of the first number of a field, varint or fixed; null when there is none.</summary>
    public ulong? Number(int field) => _fields.Where(f => f.Field == field).Select(f => (ulong?)f.Number).FirstOrDefault();

    private static ProtoMessage Read(ByteString bytes)
    {
        var message = new ProtoMessage();
        var input = bytes.CreateCodedInput();
        while (input.ReadTag() is not 0 and var tag)
        {
            var field = WireFormat.GetTagFieldNumber(tag);
            message._fields.Add(WireFormat.GetTagWireType(tag) switch
            {
                WireFormat.WireType.Varint => (field, ByteString.Empty, input.ReadUInt64()),
                WireFormat.WireType.Fixed64 => (field, ByteString.Empty, input.ReadFixed64()),
                WireFormat.WireType.Fixed32 => (field, ByteString.Empty, input.ReadFixed32()),
                WireFormat.WireType.LengthDelimited => (field, input.ReadBytes(), 0),
                var other => throw new InvalidDataException($"Wire type {other}."),
            });
        }

        return message;
    }
}

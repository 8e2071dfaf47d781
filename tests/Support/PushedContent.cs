using System.Net;
using System.Threading.Channels;

namespace Sallyport.Tests.Support;

/// <summary>A request body of unknown length whose pieces a test sends one by one while the request is under way.</summary>
internal sealed class PushedContent : HttpContent
{
    private readonly Channel<byte[]> _pieces = Channel.CreateUnbounded<byte[]>();

    public ValueTask Push(byte[] piece) => _pieces.Writer.WriteAsync(piece);

    public void End() => _pieces.Writer.Complete();

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await stream.FlushAsync(cancellationToken);
        await foreach (var piece in _pieces.Reader.ReadAllAsync(cancellationToken))
        {
            await stream.WriteAsync(piece, cancellationToken);
            await stream.FlushAsync(cancellationToken);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}

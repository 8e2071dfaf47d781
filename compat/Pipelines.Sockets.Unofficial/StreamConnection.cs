using System.IO.Pipelines;

namespace Pipelines.Sockets.Unofficial;

/// <summary>Streams, such as TLS over a socket, as pipes.</summary>
public static class StreamConnection
{
    /// <summary>
    /// Wraps a stream both ways and starts to read and to write it. The result is disposable and owns the stream.
    /// </summary>
    /// <param name="stream">One reader and one writer at a time have to be allowed.</param>
    /// <param name="send">Of the pipe that the client writes to; its pause threshold is not used.</param>
    /// <param name="receive">Of the pipe that the client reads from.</param>
    /// <param name="name">Not used: nothing is logged here.</param>
    public static IDuplexPipe GetDuplex(Stream stream, PipeOptions? send = null, PipeOptions? receive = null, string? name = null)
    {
        var pump = new StreamPump(stream, send, receive);
        pump.Start();
        return pump;
    }

    /// <summary>Wraps a stream for reading. Completing the reader closes the stream.</summary>
    public static PipeReader GetReader(Stream stream, PipeOptions? options = null, string? name = null) =>
        PipeReader.Create(stream, new StreamPipeReaderOptions(options?.Pool));
}

using System.IO.Pipelines;

namespace Pipelines.Sockets.Unofficial;

/// <summary>A duplex pipe that counts what crossed the wire, in bytes.</summary>
public interface IMeasuredDuplexPipe : IDuplexPipe
{
    /// <summary>Bytes handed to the socket or stream so far.</summary>
    long TotalBytesSent { get; }

    /// <summary>Bytes taken from the socket or stream so far, whether or not they were read from <see cref="IDuplexPipe.Input"/>.</summary>
    long TotalBytesReceived { get; }
}

namespace Pipelines.Sockets.Unofficial;

/// <summary>Why a connection ended: the first reason counts. The client compares and prints the values.</summary>
public enum PipeShutdownKind
{
    /// <summary>It has not ended.</summary>
    None = 0,

    /// <summary>This side disposed of it.</summary>
    PipeDisposed = 1,

    /// <summary>The other end closed it in good order.</summary>
    ReadEndOfStream = 100,

    /// <summary>Receiving failed.</summary>
    ReadIOException = 102,

    /// <summary>Sending failed.</summary>
    WriteIOException = 202,

    /// <summary>This side said goodbye in the protocol.</summary>
    ProtocolExitClient = 400,
}

namespace Pipelines.Sockets.Unofficial;

/// <summary>Part of the signature of <see cref="SocketConnection.Create"/>; the pipes' schedulers decide all there is to decide here.</summary>
[Flags]
public enum SocketConnectionOptions
{
    /// <summary>Nothing special.</summary>
    None = 0,
}

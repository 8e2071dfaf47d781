namespace Pipelines.Sockets.Unofficial;

/// <summary>The connection broke: the other end reset it, the network did, or nothing more can be written to it.</summary>
/// <param name="message">What failed, in the words of the layer below.</param>
/// <param name="innerException">That layer's own error.</param>
public sealed class ConnectionResetException(string message, Exception innerException) : IOException(message, innerException);

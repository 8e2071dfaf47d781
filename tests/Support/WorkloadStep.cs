namespace Sallyport.Tests.Support;

/// <summary>What <see cref="WorkloadApiServer"/> does on a stream: some bytes as they are, or its end.</summary>
/// <param name="Bytes">What is written; null for the end.</param>
/// <param name="Status">The gRPC status of the end; null for a connection that breaks.</param>
/// <param name="Message">The <c>grpc-message</c> of the end.</param>
internal sealed record WorkloadStep(byte[]? Bytes, int? Status, string? Message)
{
    public static WorkloadStep Write(byte[] bytes) => new(bytes, null, null);

    public static WorkloadStep End(int status, string? message = null) => new(null, status, message);

    /// <summary>The stream is reset in the midst of what it was about.</summary>
    public static WorkloadStep Break { get; } = new(null, null, null);
}

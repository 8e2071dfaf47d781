namespace Sallyport.Tests.Support;

/// <summary>What <see cref="WorkloadApiServer"/> does on a stream: some bytes as they are, or its end.</summary>
/// <param name="Bytes">What is written; null for the end.</param>
/// <param name="Status">The gRPC status of the end; null for none.</param>
/// <param name="Message">The <c>grpc-message</c> of the end.</param>
/// <param name="IsBroken">Whether the stream is reset instead.</param>
internal sealed record WorkloadStep(byte[]? Bytes, int? Status = null, string? Message = null, bool IsBroken = false)
{
    public static WorkloadStep Write(byte[] bytes) => new(bytes);

    public static WorkloadStep End(int? status, string? message = null) => new(null, status, message);

    /// <summary>The stream is reset in the midst of what it was about.</summary>
    public static WorkloadStep Break { get; } = new(null, IsBroken: true);
}

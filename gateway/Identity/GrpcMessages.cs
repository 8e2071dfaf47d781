using System.Buffers.Binary;

namespace Sallyport.Gateway.Identity;

/// <summary>The messages of a gRPC body (gRPC over HTTP/2, "Length-Prefixed-Message"): a byte that says whether it is compressed, four of length, and the message.</summary>
/// <param name="body">The response.</param>
internal sealed class GrpcMessages(Stream body)
{
    /// <summary>The largest message; an answer with a dozen identities and bundles is a hundredth of it.</summary>
    public const int MostBytes = 4 * 1024 * 1024;

    private const int PrefixBytes = 5;

    // Between messages hours may pass, but not within one.
    private static readonly TimeSpan MessageTimeout = TimeSpan.FromSeconds(30);

    /// <summary>The next message; null where the body ended after the one before it.</summary>
    /// <exception cref="WorkloadApiException">It is no message, too large, or breaks off.</exception>
    public async Task<byte[]?> NextAsync(CancellationToken cancellation)
    {
        var prefix = new byte[PrefixBytes];
        if (await body.ReadAsync(prefix.AsMemory(0, 1), cancellation) == 0) return null;
        using var within = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        within.CancelAfter(MessageTimeout);
        try
        {
            await body.ReadExactlyAsync(prefix.AsMemory(1), within.Token);
            if (prefix[0] != 0) throw Malformed("a message is compressed, which nobody asked for");
            var length = BinaryPrimitives.ReadUInt32BigEndian(prefix.AsSpan(1));
            if (length > MostBytes) throw Malformed("a message has more than 4 MiB");
            return await ReadAsync((int)length, within.Token);
        }
        catch (EndOfStreamException)
        {
            throw Malformed("a message breaks off");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw Malformed("a message does not come to its end");
        }
    }

    // The length is only told: memory is taken as the bytes come.
    private async Task<byte[]> ReadAsync(int length, CancellationToken cancellation)
    {
        using var message = new MemoryStream();
        var buffer = new byte[Math.Min(length, 64 * 1024)];
        while (message.Length < length)
        {
            var part = buffer.AsMemory(0, (int)Math.Min(buffer.Length, length - message.Length));
            await body.ReadExactlyAsync(part, cancellation);
            message.Write(part.Span);
        }

        return message.ToArray();
    }

    private static WorkloadApiException Malformed(string what) => new(WorkloadFault.Malformed, what);
}

using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Sallyport.Tests.Support;

/// <summary>A request as an upstream received it. It is recorded on arrival; body and trailers follow as they are read.</summary>
internal sealed class RecordedRequest
{
    private readonly TaskCompletionSource _aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _bodyEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _bodyLength;

    internal RecordedRequest(HttpContext context)
    {
        var request = context.Request;
        Method = request.Method;
        Target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        Protocol = request.Protocol;
        Headers = [.. request.Headers.SelectMany(header => header.Value, (header, value) => KeyValuePair.Create(header.Key, value ?? ""))];
        context.RequestAborted.Register(() => _aborted.TrySetResult());
    }

    public string Method { get; }

    /// <summary>The request target of the request line (or <c>:path</c>), not decoded.</summary>
    public string Target { get; }

    public string Protocol { get; }

    /// <summary>One entry per header line; a name repeated on several lines is several entries.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; }

    /// <summary>Bytes of body read so far.</summary>
    public long BodyLength => Interlocked.Read(ref _bodyLength);

    /// <summary>Lower-case hex; null until the body has ended.</summary>
    public string? BodySha256 { get; private set; }

    public IReadOnlyList<KeyValuePair<string, string>> Trailers { get; private set; } = [];

    /// <summary>Completes when the body was read to its end; fails when it broke off.</summary>
    public Task BodyEnded => _bodyEnded.Task;

    /// <summary>Completes when the peer went away, or reset the stream, before the answer was complete.</summary>
    public Task Aborted => _aborted.Task;

    /// <summary>The values of a header, in any casing, one per line received.</summary>
    public string[] Values(string name) =>
        [.. Headers.Where(header => string.Equals(header.Key, name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value)];

    /// <summary>The value of a header that must not come twice; null when it did not come.</summary>
    public string? Header(string name) => Values(name).SingleOrDefault();

    /// <summary>Reads the body piece by piece as it arrives. A piece is valid until the next one is asked for.</summary>
    internal async IAsyncEnumerable<ReadOnlyMemory<byte>> Body(
        HttpContext context, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[32 * 1024];
        int count;
        while ((count = await Read(context, buffer, cancellation)) > 0)
        {
            hash.AppendData(buffer, 0, count);
            Interlocked.Add(ref _bodyLength, count);
            yield return buffer.AsMemory(0, count);
        }

        BodySha256 = Convert.ToHexStringLower(hash.GetCurrentHash());
        if (context.Features.Get<IHttpRequestTrailersFeature>() is { Available: true } feature)
            Trailers = [.. feature.Trailers.SelectMany(trailer => trailer.Value, (trailer, value) => KeyValuePair.Create(trailer.Key, value ?? ""))];
        _bodyEnded.TrySetResult();
    }

    internal async Task Drain(HttpContext context)
    {
        await foreach (var _ in Body(context, context.RequestAborted))
        {
            // Counted and hashed by Body.
        }
    }

    private async Task<int> Read(HttpContext context, byte[] buffer, CancellationToken cancellation)
    {
        try
        {
            return await context.Request.Body.ReadAsync(buffer, cancellation);
        }
        catch (Exception exception)
        {
            _bodyEnded.TrySetException(exception);
            throw;
        }
    }
}

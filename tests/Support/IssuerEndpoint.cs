using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;

namespace Sallyport.Tests.Support;

/// <summary>One document of an <see cref="IssuerServer"/>: counted, and made to misbehave by the test.</summary>
internal sealed class IssuerEndpoint(TimeProvider clock)
{
    private readonly ConcurrentQueue<IssuerHit> _hits = new();

    /// <summary>False: 404, and counted all the same.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>What happens instead of, or before, the answer; null is a healthy endpoint.</summary>
    public Fault? Fault { get; set; }

    /// <summary>The Cache-Control header of the answer, such as <c>max-age=120</c>; none when null.</summary>
    public string? CacheControl { get; set; }

    public IReadOnlyList<IssuerHit> Hits => [.. _hits];

    internal Task Answer(HttpContext context, Func<string> document)
    {
        _hits.Enqueue(new IssuerHit(
            clock.GetUtcNow(),
            context.Request.Path,
            context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase)));
        if (!Enabled)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        return Fault is { } fault ? fault(context, () => Write(context, document())) : Write(context, document());
    }

    private Task Write(HttpContext context, string document)
    {
        if (CacheControl is { } cacheControl)
            context.Response.Headers.CacheControl = cacheControl;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(document, context.RequestAborted);
    }
}

using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Net.Http.Headers;

namespace Sallyport.Gateway.Issuing;

/// <summary>A document for anybody, made once and sent as often as it is asked for: with a strong validator (RFC 9110 section 8.8), to browsers of any origin too.</summary>
internal sealed class PublicDocument
{
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly string _contentType;
    private readonly EntityTagHeaderValue _tag;

    public PublicDocument(string contentType, Action<Utf8JsonWriter> write)
    {
        _contentType = contentType;
        _bytes = Json(write);
        _tag = new EntityTagHeaderValue($"\"{Base64Url.EncodeToString(SHA256.HashData(_bytes.Span))[..22]}\"");
    }

    /// <summary>An object with these members.</summary>
    public static ReadOnlyMemory<byte> Json(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    /// <summary>Answers GET, HEAD and, for browsers, OPTIONS.</summary>
    public Task AnswerAsync(HttpContext context, TimeSpan maxAge)
    {
        var (request, response) = (context.Request, context.Response);
        if (!TryMethod(context)) return Task.CompletedTask;
        response.Headers.ETag = _tag.ToString();
        response.Headers.CacheControl = string.Create(CultureInfo.InvariantCulture, $"public, max-age={(long)maxAge.TotalSeconds}");
        if (IsKnown(request))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        response.ContentType = _contentType;
        response.ContentLength = _bytes.Length;
        return HttpMethods.IsHead(request.Method) ? Task.CompletedTask : response.Body.WriteAsync(_bytes, context.RequestAborted).AsTask();
    }

    /// <summary>Says that there is no document now.</summary>
    public static Task UnavailableAsync(HttpContext context)
    {
        if (!TryMethod(context)) return Task.CompletedTask;
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.Headers.RetryAfter = "5";
        context.Response.Headers.CacheControl = "no-store";
        return Task.CompletedTask;
    }

    /// <returns>Whether a document is asked for; else the answer is complete.</returns>
    private static bool TryMethod(HttpContext context)
    {
        const string Methods = "GET, HEAD, OPTIONS";
        var headers = context.Response.Headers;
        headers.AccessControlAllowOrigin = "*";
        headers.AccessControlExposeHeaders = "ETag";
        var method = context.Request.Method;
        if (HttpMethods.IsGet(method) || HttpMethods.IsHead(method)) return true;
        headers.Allow = Methods;
        context.Response.StatusCode = HttpMethods.IsOptions(method) ? StatusCodes.Status204NoContent : StatusCodes.Status405MethodNotAllowed;
        if (!HttpMethods.IsOptions(method)) return false;
        headers.AccessControlAllowMethods = "GET, HEAD";
        headers.AccessControlAllowHeaders = "If-None-Match, Accept, Cache-Control";
        headers.AccessControlMaxAge = "86400";
        return false;
    }

    /// <summary>RFC 9110 section 13.1.2: by weak comparison; what cannot be read is passed over.</summary>
    private bool IsKnown(HttpRequest request)
    {
        var header = request.Headers.IfNoneMatch;
        if (header.Count == 0 || !EntityTagHeaderValue.TryParseList([.. header.OfType<string>()], out var tags)) return false;
        return tags.Any(tag => tag.Equals(EntityTagHeaderValue.Any) || tag.Compare(_tag, useStrongComparison: false));
    }
}

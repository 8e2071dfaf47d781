using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Sallyport.Gateway.Issuing;
using Sallyport.Gateway.Tokens;
using Sallyport.Policies;

namespace Sallyport.Gateway.Proxy;

/// <summary>Answers a refused request: status, <c>WWW-Authenticate</c> (RFC 6750 section 3) and a problem document (RFC 9457).</summary>
/// <remarks>
/// <code>
///   no token                401  Bearer
///   bad token               401  Bearer error="invalid_token"
///   two tokens              400  Bearer error="invalid_request"
///   too long                431
///   too little scope        403  Bearer error="insufficient_scope", scope="…"
///   refused otherwise       403
///   keys cannot be had      503  Retry-After
///   revocations stale       503  Retry-After
///   no key for assertions   503  Retry-After
/// </code>
/// Nothing of the token is repeated: what failed verification is the sender's word only.
/// </remarks>
internal static class Challenge
{
    public const string RevocationsStaleReason = "revocations_stale";

    private const string ProblemJson = "application/problem+json";

    // The body is JSON for programs and people, never part of a page: quotation marks need no escape.
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Task TokenMissing(HttpContext context, Decision decision)
    {
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return Answer(context, StatusCodes.Status401Unauthorized, "Unauthorized", decision.Reason, decision.Detail);
    }

    public static Task Faulty(HttpContext context, TokenFault fault)
    {
        var (status, title, error) = StatusOf(fault);
        if (error is not null)
            context.Response.Headers.WWWAuthenticate = $"Bearer error=\"{error}\", error_description=\"{fault.Detail}\"";
        return Answer(context, status, title, fault.Code, fault.Detail);
    }

    public static Task Denied(HttpContext context, Decision decision)
    {
        if (decision.MissingScope is { } scope)
            context.Response.Headers.WWWAuthenticate = $"Bearer error=\"insufficient_scope\", scope=\"{scope}\"";
        return Answer(context, StatusCodes.Status403Forbidden, "Forbidden", decision.Reason, decision.Detail);
    }

    public static Task Unavailable(HttpContext context, TimeSpan retryAfter)
    {
        var seconds = Math.Max(1, (long)Math.Ceiling(retryAfter.TotalSeconds));
        context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return Answer(context, StatusCodes.Status503ServiceUnavailable, "Service Unavailable", "keys_unavailable", "The token cannot be checked now.");
    }

    /// <summary>For a good token of which nobody knows whether it has been revoked.</summary>
    public static Task RevocationsStale(HttpContext context)
    {
        context.Response.Headers.RetryAfter = "5";
        return Answer(context, StatusCodes.Status503ServiceUnavailable, "Service Unavailable", RevocationsStaleReason, "Whether the token has been revoked cannot be known now.");
    }

    /// <summary>For a good token whose upstream would get no assertion.</summary>
    public static Task SigningUnavailable(HttpContext context)
    {
        context.Response.Headers.RetryAfter = "5";
        return Answer(context, StatusCodes.Status503ServiceUnavailable, "Service Unavailable", AssertionMint.UnavailableReason, "The assertion for the upstream cannot be signed now.");
    }

    /// <summary>For a good token whose upstream would get an assertion that nobody recorded.</summary>
    public static Task AuditUnavailable(HttpContext context)
    {
        context.Response.Headers.RetryAfter = "5";
        return Answer(context, StatusCodes.Status503ServiceUnavailable, "Service Unavailable", AssertionMint.UnrecordedReason, "The assertion for the upstream cannot be recorded now, and so is not sent.");
    }

    public static Task NotReady(HttpContext context) =>
        Answer(context, StatusCodes.Status503ServiceUnavailable, "Service Unavailable", "not_initialised", "The gateway cannot check tokens yet.");

    public static int StatusOfFault(TokenFault fault) => StatusOf(fault).Status;

    private static (int Status, string Title, string? Error) StatusOf(TokenFault fault)
    {
        if (ReferenceEquals(fault, TokenFault.TooLong) || ReferenceEquals(fault, GateFault.IdentityTooLarge) || ReferenceEquals(fault, AssertionFault.TooLarge))
            return (StatusCodes.Status431RequestHeaderFieldsTooLarge, "Request Header Fields Too Large", null);
        if (ReferenceEquals(fault, AmbiguousPath.Fault))
            return (StatusCodes.Status400BadRequest, "Bad Request", null);
        if (ReferenceEquals(fault, BearerToken.Twice))
            return (StatusCodes.Status400BadRequest, "Bad Request", "invalid_request");
        return (StatusCodes.Status401Unauthorized, "Unauthorized", "invalid_token");
    }

    private static Task Answer(HttpContext context, int status, string title, string reason, string detail)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = ProblemJson;
        response.Headers.CacheControl = "no-store";
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, Readable))
        {
            writer.WriteStartObject();
            writer.WriteString("title", title);
            writer.WriteNumber("status", status);
            writer.WriteString("reason", reason);
            writer.WriteString("detail", detail);
            writer.WriteEndObject();
        }

        response.ContentLength = buffer.WrittenCount;
        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : response.Body.WriteAsync(buffer.WrittenMemory, context.RequestAborted).AsTask();
    }
}

using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Sallyport.Gateway.Audit;
using Sallyport.Gateway.Telemetry;

namespace Sallyport.Gateway.Issuing;

/// <summary>The token endpoint (RFC 6749 section 3.2).</summary>
/// <remarks>
/// <code>
///   1 request   POST, a form, bounded                      FormBody
///   2 client    proves itself                              ClientAuthentication, ClientAssertion
///   3 limit     requests of that client in a minute        Client
///   4 grant     what it may have                           ClientCredentialsGrant, TokenExchangeGrant
///   5 token     signed by the active key, and recorded     TokenMint
/// </code>
/// Every refusal is a row of <see cref="TokenError"/>, counted, and recorded where it is about a client that is known. Where records cannot be kept no token leaves,
/// and refusals are answered all the same.
/// </remarks>
internal sealed class TokenEndpoint(
    ClientAuthentication authentication,
    ClientCredentialsGrant clientCredentials,
    TokenExchangeGrant tokenExchange,
    TokenMint mint,
    AuditTrail audit,
    GatewayMetrics metrics,
    TimeProvider clock)
{
    private const string UnknownGrant = "unknown";

    public async Task AnswerAsync(HttpContext context)
    {
        var grantName = UnknownGrant;
        var response = context.Response;
        response.Headers.CacheControl = "no-store";
        response.Headers.Pragma = "no-cache";

        // 1 request
        var (form, malformed) = await ReadAsync(context.Request, context.RequestAborted);
        if (malformed is not null)
        {
            await RefuseAsync(context, malformed, grantName, client: null);
            return;
        }

        grantName = form["grant_type"] switch
        {
            ClientCredentialsGrant.Name => ClientCredentialsGrant.Name,
            TokenExchangeGrant.Name => TokenExchangeGrant.Purpose,
            _ => UnknownGrant,
        };

        // 2 client
        var proof = await authentication.ProveAsync(context.Request, form, context.RequestAborted);
        if (proof.Error is { } unproven)
        {
            await RefuseAsync(context, unproven, grantName, proof.Client);
            return;
        }

        // 3 limit, 4 grant
        var client = proof.Client!;
        var grant = client.TryRequest() ? await DecideAsync(client, form, context) : TokenError.RateLimited;
        if (grant.Error is { } refused)
        {
            await RefuseAsync(context, refused, grantName, client, grant.Subject);
            return;
        }

        // 5 token
        MintedToken token;
        try
        {
            token = await mint.MintAsync(grant.Request!, context.RequestAborted);
        }
        catch (SigningUnavailableException)
        {
            await RefuseAsync(context, TokenError.SigningUnavailable, grantName, client, grant.Subject);
            return;
        }
        catch (AuditUnavailableException)
        {
            await RefuseAsync(context, TokenError.AuditUnavailable, grantName, client: null);
            return;
        }

        await WriteAsync(context, StatusCodes.Status200OK, writer =>
        {
            writer.WriteString("access_token", token.Text);
            if (grant.IssuedTokenType is { } type) writer.WriteString("issued_token_type", type);
            writer.WriteString("token_type", grant.IsBearer ? "Bearer" : "N_A");
            writer.WriteNumber("expires_in", (long)(token.Expires - token.IssuedAt).TotalSeconds);
            if (grant.Scopes is { Count: > 0 } scopes) writer.WriteString("scope", string.Join(' ', scopes));
        });
    }

    private ValueTask<TokenGrant> DecideAsync(Client client, FormBody form, HttpContext context)
    {
        Grant? asked = form["grant_type"] switch
        {
            ClientCredentialsGrant.Name => Grant.ClientCredentials,
            TokenExchangeGrant.Name => Grant.TokenExchange,
            _ => null,
        };
        if (asked is not { } grant) return ValueTask.FromResult<TokenGrant>(form["grant_type"] is null ? TokenError.GrantMissing : TokenError.GrantUnsupported);
        if (!client.Options.Grants.Contains(grant)) return ValueTask.FromResult<TokenGrant>(TokenError.GrantNotAllowed);
        return grant == Grant.ClientCredentials
            ? ValueTask.FromResult(clientCredentials.Decide(client, form))
            : tokenExchange.DecideAsync(client, form, context.Connection.RemoteIpAddress, context.RequestAborted);
    }

    private static async ValueTask<(FormBody Form, TokenError? Error)> ReadAsync(HttpRequest request, CancellationToken cancellation)
    {
        FormBody.Parse([], out var empty);
        if (!HttpMethods.IsPost(request.Method)) return (empty, TokenError.MethodNotAllowed);
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            || !string.Equals(type.MediaType, "application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase)
            || (type.CharSet is { } charset && !charset.Trim('"').Equals("utf-8", StringComparison.OrdinalIgnoreCase))
            || request.Headers.ContentEncoding.Count > 0)
            return (empty, TokenError.FormMalformed);
        if (request.ContentLength > FormBody.MaxBytes) return (empty, TokenError.BodyTooLarge);
        // One byte over the bound is enough to be seen as too large.
        var buffer = new byte[FormBody.MaxBytes + 1];
        var read = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation);
        if (read > FormBody.MaxBytes) return (empty, TokenError.BodyTooLarge);
        return FormBody.Parse(buffer.AsSpan(0, read), out var form) is { } error ? (empty, error) : (form, null);
    }

    private async Task RefuseAsync(HttpContext context, TokenError error, string grant, Client? client, string? subject = null)
    {
        metrics.TokenIssued(grant, error.Reason);
        // Anybody can make up the rest, as often as they like: those are counted only. So is what a limit has stopped.
        if (client is not null && error.Status != StatusCodes.Status429TooManyRequests)
            await audit.TryRecordAsync(new AuditRecord { Event = AuditEvent.TokenRefused, Time = clock.GetUtcNow(), Actor = client.Id, Subject = subject, Reason = error.Reason }, context.RequestAborted);

        var headers = context.Response.Headers;
        if (error.Status == StatusCodes.Status401Unauthorized) headers.WWWAuthenticate = "Basic realm=\"token\", charset=\"UTF-8\"";
        if (error.Status == StatusCodes.Status405MethodNotAllowed) headers.Allow = "POST";
        if (error.RetryAfter is { } seconds) headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        await WriteAsync(context, error.Status, writer =>
        {
            writer.WriteString("error", error.Error);
            writer.WriteString("error_description", error.Description);
        });
    }

    private static async Task WriteAsync(HttpContext context, int status, Action<Utf8JsonWriter> write)
    {
        var body = PublicDocument.Json(write);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method)) await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }
}

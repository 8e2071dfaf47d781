using System.Net;
using System.Text.Json;
using Sallyport.Gateway.Trust;

namespace Sallyport.Gateway.Cli;

/// <summary>Fetches what STS would: no redirect is followed, no proxy or cookie used, and size and time are bounded.</summary>
/// <param name="isInsecureAllowed">Whether http is fetched at all; it stays a finding.</param>
internal sealed class AwsDocuments(bool isInsecureAllowed) : IDisposable
{
    private const int MaxBytes = 1024 * 1024;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        MaxResponseHeadersLength = 32,
        ConnectCallback = ConnectAsync,
    })
    {
        Timeout = Patience,
        MaxResponseContentBufferSize = MaxBytes,
    };

    /// <summary>The document, or why there is none as a clause about the address.</summary>
    public async Task<(JsonElement? Root, byte[] Body, string? Problem)> GetAsync(Uri address, CancellationToken cancellation)
    {
        if (address.Scheme != Uri.UriSchemeHttps && !(isInsecureAllowed && address.Scheme == Uri.UriSchemeHttp))
            return (null, [], "is not https, and is not fetched");
        try
        {
            using var answer = await _http.GetAsync(address, cancellation);
            var status = (int)answer.StatusCode;
            if (status is >= 300 and < 400) return (null, [], $"answers {status}, a redirect, which STS does not follow");
            if (status != 200) return (null, [], $"answers {status}");
            var body = await answer.Content.ReadAsByteArrayAsync(cancellation);
            using var document = JsonDocument.Parse(body, Strict);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? (document.RootElement.Clone(), body, null)
                : (null, [], "answers no JSON object");
        }
        catch (JsonException)
        {
            return (null, [], "answers no JSON, or repeats a member");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (null, [], $"gives no answer within {Patience.TotalSeconds} s");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or UriFormatException)
        {
            return (null, [], $"cannot be read: {e.InnerException?.Message ?? e.Message}");
        }
    }

    public void Dispose() => _http.Dispose();

    // A jwks_uri is anybody's text: it leads to no metadata service.
    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var addresses = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancellation);
        return await PermittedConnection.OpenAsync(addresses, context.DnsEndPoint.Port, cancellation)
            ?? throw new IOException("the name leads to no address that keys are fetched from");
    }
}

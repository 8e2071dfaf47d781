using System.Net;
using System.Net.Sockets;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway.Trust;

/// <summary>Fetches an issuer's keys over HTTP: by JWKS address, or by discovery first.</summary>
/// <remarks>
/// <code>
///   1 Address    JWKS URI, or OpenID Connect Discovery 1.0 section 4, then RFC 8414 section 3, then (derived) a default
///   2 Connect    https outside Development; the address is checked as connected to, so no name leads to a link-local host
///   3 Redirects  to the same origin only, three at most
///   4 Answer     200, bounded in size and (with everything above) in time
///   5 Keys       a JWK Set with at least one usable key
/// </code>
/// </remarks>
internal sealed class KeyDownload : IDisposable
{
    private const int MaxRedirects = 3;

    private readonly HttpClient _http;
    private readonly bool _isInsecureAllowed;

    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _resolve;

    /// <param name="isInsecureAllowed">Whether http is as good as https.</param>
    /// <param name="resolve">Finds the addresses of a name; the system's resolver where not given.</param>
    public KeyDownload(bool isInsecureAllowed, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
    {
        _isInsecureAllowed = isInsecureAllowed;
        _resolve = resolve ?? Dns.GetHostAddressesAsync;
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            MaxResponseHeadersLength = 32,
            ConnectCallback = ConnectAsync,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _http.DefaultRequestHeaders.Accept.ParseAdd("application/jwk-set+json, application/json");
        _http.DefaultRequestHeaders.UserAgent.ParseAdd("Sallyport");
    }

    /// <exception cref="KeyFetchException">No usable keys came.</exception>
    public async Task<FetchedKeys> FetchAsync(TrustedIssuerOptions issuer, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(issuer.Keys.Timeout);
        try
        {
            var address = await FindAddressAsync(issuer, limit.Token);
            var answer = await GetAsync(address, issuer.Keys.MaxBytes, limit.Token)
                ?? throw new KeyFetchException("status", $"{address} answered 404.");
            if (!JwkSet.TryParse(answer.Body, issuer.Keys.MaxKeys, out var keys, out var problem))
                throw new KeyFetchException("malformed", $"{address} answered no JWK Set: {problem}");
            if (keys.Keys.Count == 0)
                throw new KeyFetchException("no_keys", $"{address} answered a JWK Set without a usable key.");
            return new FetchedKeys(keys, answer.Body, address, answer.MaxAge);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new KeyFetchException("timeout", $"No answer within {issuer.Keys.Timeout}.", e);
        }
        catch (UriFormatException e)
        {
            // Some host names parse, and are found to be none when their IDN form is first asked for.
            throw new KeyFetchException("malformed", "An address that leads to the keys names no possible host.", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
        {
            // The forbidden-address refusal arrives wrapped by the handler.
            throw e.InnerException as KeyFetchException ?? new KeyFetchException("unreachable", e.Message, e);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<Uri> FindAddressAsync(TrustedIssuerOptions issuer, CancellationToken cancellation)
    {
        if (issuer.Keys.Kind == KeySourceKind.JwksUri) return issuer.Keys.JwksUri!;

        var root = new Uri(issuer.Issuer, UriKind.Absolute);
        var path = root.AbsolutePath.TrimEnd('/');
        Uri[] documents =
        [
            At($"{path}/.well-known/openid-configuration"),
            At($"/.well-known/oauth-authorization-server{path}"),
        ];
        foreach (var document in documents)
        {
            if (await GetAsync(document, issuer.Keys.MaxBytes, cancellation) is not { } answer) continue;
            return ReadMetadata(answer.Body, document, issuer);
        }

        return issuer.Keys.Kind == KeySourceKind.Derived
            ? At($"{path}/.well-known/jwks.json")
            : throw new KeyFetchException("status", $"No discovery document: {documents[0]} and {documents[1]} answered 404.");

        // Not resolved against the issuer (RFC 3986 section 5.2): a path that begins with two slashes would name another host.
        Uri At(string absolutePath) => new(root.GetLeftPart(UriPartial.Authority) + absolutePath);
    }

    private static Uri ReadMetadata(byte[] body, Uri document, TrustedIssuerOptions issuer)
    {
        OpenIdConnectConfiguration metadata;
        try
        {
            metadata = OpenIdConnectConfiguration.Create(System.Text.Encoding.UTF8.GetString(body));
        }
#pragma warning disable CA1031 // The library promises no closed set of exceptions for a hostile document; each of them means the same.
        catch (Exception e)
#pragma warning restore CA1031
        {
            throw new KeyFetchException("malformed", $"{document} answered no discovery document.", e);
        }

        if (!string.Equals(metadata.Issuer, issuer.Issuer, StringComparison.Ordinal))
            throw new KeyFetchException("issuer_mismatch", $"{document} speaks for another issuer than '{issuer.Issuer}'.");
        return Uri.TryCreate(metadata.JwksUri, UriKind.Absolute, out var uri)
            ? uri
            : throw new KeyFetchException("malformed", $"{document} has no jwks_uri.");
    }

    /// <returns>Null for 404.</returns>
    private async Task<(byte[] Body, TimeSpan? MaxAge)?> GetAsync(Uri address, int maxBytes, CancellationToken cancellation)
    {
        var target = address;
        for (var redirects = 0; ; redirects++)
        {
            RequireSecure(target);
            using var answer = await _http.GetAsync(target, HttpCompletionOption.ResponseHeadersRead, cancellation);
            if (answer.StatusCode == HttpStatusCode.OK)
                return (await ReadBoundedAsync(answer, maxBytes, target, cancellation), answer.Headers.CacheControl?.MaxAge);
            if (answer.StatusCode == HttpStatusCode.NotFound) return null;
            if ((int)answer.StatusCode is < 300 or >= 400 || answer.Headers.Location is not { } location)
                throw new KeyFetchException("status", $"{target} answered {(int)answer.StatusCode}.");

            if (!Uri.TryCreate(target, location, out var next) || redirects == MaxRedirects || !IsSameOrigin(address, next))
                throw new KeyFetchException("redirect", $"{target} redirects to another origin, or without end.");
            target = next;
        }
    }

    private static async Task<byte[]> ReadBoundedAsync(HttpResponseMessage answer, int maxBytes, Uri address, CancellationToken cancellation)
    {
        await using var stream = await answer.Content.ReadAsStreamAsync(cancellation);
        var buffer = new byte[maxBytes + 1];
        var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation);
        return length <= maxBytes
            ? buffer[..length]
            : throw new KeyFetchException("too_large", $"{address} answered more than {maxBytes} bytes.");
    }

    private void RequireSecure(Uri address)
    {
        var isHttps = address.Scheme == Uri.UriSchemeHttps;
        if (!isHttps && !(_isInsecureAllowed && address.Scheme == Uri.UriSchemeHttp))
            throw new KeyFetchException("insecure", $"{address} is not https.");
    }

    private static bool IsSameOrigin(Uri a, Uri b) =>
        a.Scheme == b.Scheme && a.Port == b.Port && string.Equals(a.IdnHost, b.IdnHost, StringComparison.OrdinalIgnoreCase);

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var addresses = IPAddress.TryParse(context.DnsEndPoint.Host, out var literal)
            ? [literal]
            : await _resolve(context.DnsEndPoint.Host, cancellation);
        return await PermittedConnection.OpenAsync(addresses, context.DnsEndPoint.Port, cancellation)
            ?? throw new KeyFetchException("insecure", $"{context.DnsEndPoint.Host} leads to an address that keys are never fetched from.");
    }
}

using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Sallyport.Tests.Support;

/// <summary>A real issuer on loopback: its JWK Set and its metadata (OpenID Connect Discovery 1.0, RFC 8414), rotated and broken at will.</summary>
/// <remarks>
/// The JWK Set is at <c>/jwks</c> and at <c>/.well-known/jwks.json</c> (also below the issuer's path); metadata only where the
/// specifications put it: after the issuer's path for OpenID Connect (section 4), before it for RFC 8414 (section 3).
/// </remarks>
internal sealed class IssuerServer : IAsyncDisposable
{
    private readonly string _path;
    private LoopbackServer _server = null!;
    private JsonObject[] _keys;

    private IssuerServer(string path, JsonObject[] keys, TimeProvider clock)
    {
        _path = path.TrimEnd('/');
        _keys = keys;
        Jwks = new IssuerEndpoint(clock);
        OpenIdConfiguration = new IssuerEndpoint(clock);
        AuthorizationServer = new IssuerEndpoint(clock);
    }

    /// <summary>Scheme, host and port, with no slash at the end.</summary>
    public string Url => _server.Url;

    /// <summary>The <c>iss</c> of its tokens: <see cref="Url"/> and the path it was started with.</summary>
    public string Issuer => Url + _path;

    public string JwksUri => Issuer + "/.well-known/jwks.json";

    public IssuerEndpoint Jwks { get; }

    public IssuerEndpoint OpenIdConfiguration { get; }

    /// <summary>RFC 8414.</summary>
    public IssuerEndpoint AuthorizationServer { get; }

    public int JwksHits => Jwks.Hits.Count;

    public int DiscoveryHits => OpenIdConfiguration.Hits.Count + AuthorizationServer.Hits.Count;

    /// <summary>Changes the metadata documents just before they are sent: a wrong <c>issuer</c>, another <c>jwks_uri</c>.</summary>
    public Action<JsonObject>? EditMetadata { get; set; }

    public static Task<IssuerServer> StartAsync(params JsonObject[] keys) => StartAsync("", TimeProvider.System, keys);

    /// <summary>With a path in the issuer's identifier, such as <c>/realms/a</c>, and a clock that stamps the hits.</summary>
    public static async Task<IssuerServer> StartAsync(string path, TimeProvider clock, params JsonObject[] keys)
    {
        var issuer = new IssuerServer(path, keys, clock);
        issuer._server = await LoopbackServer.StartAsync(issuer.Answer);
        return issuer;
    }

    /// <summary>Replaces the whole published set.</summary>
    public void Publish(params JsonObject[] keys) => Volatile.Write(ref _keys, keys);

    /// <summary>The JWK Set document as it is served now.</summary>
    public string JwksDocument() =>
        new JsonObject { ["keys"] = new JsonArray([.. Volatile.Read(ref _keys).Select(key => key.DeepClone())]) }.ToJsonString();

    /// <summary>An outage: connections are refused until <see cref="StartAgain"/>, which takes the same port.</summary>
    public Task Stop() => _server.Stop();

    public Task StartAgain() => _server.StartAgain();

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    private Task Answer(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        if (path == "/jwks" || path == "/.well-known/jwks.json" || path == _path + "/.well-known/jwks.json")
            return Jwks.Answer(context, JwksDocument);
        if (path == _path + "/.well-known/openid-configuration")
            return OpenIdConfiguration.Answer(context, Metadata);
        if (path == "/.well-known/oauth-authorization-server" + _path)
            return AuthorizationServer.Answer(context, Metadata);
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private string Metadata()
    {
        var document = new JsonObject
        {
            ["issuer"] = Issuer,
            ["jwks_uri"] = JwksUri,
            ["authorization_endpoint"] = Issuer + "/authorize",
            ["token_endpoint"] = Issuer + "/token",
            ["response_types_supported"] = new JsonArray("code"),
            ["subject_types_supported"] = new JsonArray("public"),
            ["id_token_signing_alg_values_supported"] = new JsonArray("RS256", "ES256", "EdDSA"),
        };
        EditMetadata?.Invoke(document);
        return document.ToJsonString();
    }
}

using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Sallyport.LoadTests.Parts;

/// <summary>A service that checks the assertion of every request by itself, and refuses one that is not as it has to be.</summary>
/// <remarks>
/// It reads the gateway's JWK Set when it meets a key that it does not know, and knows ES256 alone. Good is: one header, its <c>typ</c>, a signature of that key
/// (RFC 7515), <c>iss</c>, <c>aud</c>, <c>exp</c>, and the <c>sub</c> that the header of the subject says.
/// </remarks>
internal sealed class AssertingUpstream : IAsyncDisposable
{
    public const string Issuer = "https://gateway.example.com";
    public const string Audience = "orders";

    private static readonly byte[] Answer = """{"orders":[{"id":1,"state":"open"},{"id":2,"state":"sent"}]}"""u8.ToArray();

    private readonly WebApplication _app;
    private readonly HttpClient _http = new();
    private readonly SemaphoreSlim _reading = new(1);
    private readonly ConcurrentDictionary<string, ECDsa> _keys = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _refusals = new(StringComparer.Ordinal);
    private int _checked;

    private AssertingUpstream(WebApplication app) => _app = app;

    public string Url { get; private set; } = "";

    /// <summary>Where the gateway publishes its keys; to be told before the first request comes.</summary>
    public string JwksUri { get; set; } = "";

    /// <summary>How many assertions were good.</summary>
    public int Checked => Volatile.Read(ref _checked);

    /// <summary>How many keys signed them.</summary>
    public int Keys => _keys.Count;

    /// <summary>Why others were refused, and how often.</summary>
    public IReadOnlyDictionary<string, int> Refusals => _refusals;

    public static async Task<AssertingUpstream> StartAsync(CancellationToken cancellation)
    {
        var upstream = new AssertingUpstream(PlainServer.Build());
        upstream._app.Run(upstream.AnswerAsync);
        await upstream._app.StartAsync(cancellation);
        upstream.Url = upstream._app.Urls.Single();
        return upstream;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _http.Dispose();
        _reading.Dispose();
        foreach (var key in _keys.Values) key.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        if (await ProblemAsync(context.Request) is { } problem)
        {
            _refusals.AddOrUpdate(problem, 1, (_, count) => count + 1);
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            context.Response.ContentLength = 0;
            return;
        }

        Interlocked.Increment(ref _checked);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = Answer.Length;
        await context.Response.Body.WriteAsync(Answer, context.RequestAborted);
    }

    private async Task<string?> ProblemAsync(HttpRequest request)
    {
        if (request.Headers["X-Auth-Assertion"] is not [{ } assertion]) return "no assertion, or several";
        if (assertion.Split('.') is not [var head, var body, var signature]) return "no compact JWS";
        var header = Decode(head);
        if ((string?)header["typ"] != "JWT" || (string?)header["alg"] != "ES256") return "typ or alg";
        if (await KeyAsync((string?)header["kid"] ?? "") is not { } key) return "kid unknown";
        if (!key.VerifyData(Encoding.ASCII.GetBytes(assertion, 0, head.Length + 1 + body.Length), Base64Url.DecodeFromChars(signature), HashAlgorithmName.SHA256)) return "signature";
        var claims = Decode(body);
        if ((string?)claims["iss"] != Issuer || (string?)claims["aud"] != Audience) return "iss or aud";
        if ((long)claims["exp"]! < TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - 1) return "expired";
        return request.Headers["X-Auth-Subject"] is [{ } subject] && subject == (string?)claims["sub"] ? null : "another subject";
    }

    private async ValueTask<ECDsa?> KeyAsync(string keyId)
    {
        if (_keys.TryGetValue(keyId, out var known)) return known;
        await _reading.WaitAsync();
        try
        {
            if (_keys.TryGetValue(keyId, out known)) return known;
            var set = JsonNode.Parse(await _http.GetStringAsync(JwksUri))!["keys"]!.AsArray();
            if (set.FirstOrDefault(jwk => (string?)jwk!["kid"] == keyId) is not { } jwk) return null;
            var point = new ECPoint { X = Base64Url.DecodeFromChars((string)jwk["x"]!), Y = Base64Url.DecodeFromChars((string)jwk["y"]!) };
            return _keys[keyId] = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = point });
        }
        finally
        {
            _reading.Release();
        }
    }

    private static JsonNode Decode(string part) => JsonNode.Parse(Base64Url.DecodeFromChars(part))!;
}

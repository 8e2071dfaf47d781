using System.Net;
using System.Text.Json.Nodes;

namespace Sallyport.Tests.Support;

/// <summary>Opens any <see cref="Door"/> before an upstream, both set up by the same configuration.</summary>
internal static class FrontDoors
{
    /// <summary>
    /// Starts it on a port of its own. The URL of the upstream is the only destination of the only route, which takes every path;
    /// either side speaks HTTP/1.1, or prior-knowledge HTTP/2. YARP gives up on a request that is idle for its own 100 s unless told otherwise.
    /// </summary>
    public static Task<IFrontDoor> Open(
        Door door, string upstream, bool http2 = false, bool upstreamHttp2 = false, TimeSpan? activityTimeout = null)
    {
        var json = Configuration(upstream, http2, upstreamHttp2, activityTimeout);
        return door switch
        {
            Door.BareYarp => BareYarp.StartAsync(json.ToJsonString()),
            Door.Gateway => OpenGateway(json),
            _ => throw new ArgumentOutOfRangeException(nameof(door)),
        };
    }

    /// <summary>A client that adds nothing of its own but the door's Authorization: no redirects, cookies, proxy or decompression.</summary>
    public static HttpClient Client(IFrontDoor door, bool http2 = false)
    {
        var client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None,
        })
        {
            BaseAddress = new Uri(door.Url),
            DefaultRequestVersion = http2 ? HttpVersion.Version20 : HttpVersion.Version11,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Timeout = TimeSpan.FromSeconds(90),
        };
        if (door.Authorization is { } authorization)
            client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", authorization);
        return client;
    }

    private static async Task<IFrontDoor> OpenGateway(JsonObject json)
    {
        var key = TestKey.New("ES256");
        json["ReverseProxy"]!["Routes"]!["all"]!["AuthorizationPolicy"] = "any";
        json["Sallyport"] = new JsonObject
        {
            ["TrustedIssuers"] = new JsonObject
            {
                ["corp"] = new JsonObject
                {
                    ["Issuer"] = "https://id.example.com",
                    ["Audiences"] = new JsonArray("api"),
                    ["Keys"] = new JsonObject { ["Inline"] = TokenForge.Set(key.PublicJwk("k1", "ES256", "sig")) },
                },
            },
            ["Policies"] = new JsonObject { ["any"] = new JsonObject { ["Issuers"] = new JsonArray("corp") } },
        };
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var claims = new JsonObject
        {
            ["iss"] = "https://id.example.com",
            ["sub"] = "alice",
            ["aud"] = "api",
            ["iat"] = now,
            ["exp"] = now + 600,
        };
        return await TestGateway.StartAsync(json, authorization: "Bearer " + TokenForge.Token(key, claims, "k1"));
    }

    private static JsonObject Configuration(string upstream, bool http2, bool upstreamHttp2, TimeSpan? activityTimeout)
    {
        var cluster = new JsonObject { ["Destinations"] = new JsonObject { ["only"] = new JsonObject { ["Address"] = upstream } } };
        var request = new JsonObject();
        if (upstreamHttp2)
        {
            request["Version"] = "2";
            request["VersionPolicy"] = "RequestVersionExact";
        }

        if (activityTimeout is { } timeout)
            request["ActivityTimeout"] = timeout.ToString("c");
        cluster["HttpRequest"] = request;
        return new JsonObject
        {
            ["Kestrel"] = new JsonObject
            {
                ["Endpoints"] = new JsonObject
                {
                    ["only"] = new JsonObject { ["Url"] = "http://127.0.0.1:0", ["Protocols"] = http2 ? "Http2" : "Http1" },
                },
                ["Limits"] = new JsonObject { ["MaxRequestBodySize"] = 128 << 20 },
            },
            ["ReverseProxy"] = new JsonObject
            {
                ["Routes"] = new JsonObject
                {
                    ["all"] = new JsonObject
                    {
                        ["ClusterId"] = "upstream",
                        ["Match"] = new JsonObject { ["Path"] = "/{**rest}" },
                        // YARP's own way to lift Kestrel's limit of 30 MB; -1 is no limit.
                        ["MaxRequestBodySize"] = -1,
                    },
                },
                ["Clusters"] = new JsonObject { ["upstream"] = cluster },
            },
        };
    }
}

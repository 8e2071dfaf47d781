using System.Net;
using System.Text.Json.Nodes;

namespace Sallyport.LoadTests.Parts;

/// <summary>The configuration of a run's gateway: one trusted issuer, a route that asks for one of its tokens, and an open one.</summary>
internal static class GatewayConfiguration
{
    /// <summary>A path of the route that asks for a token of tenant acme with the scope orders:read.</summary>
    public const string Orders = "/orders/acme/17";

    /// <summary>A path of the open route.</summary>
    public const string Open = "/open/acme/17";

    /// <param name="url">Where the gateway listens.</param>
    /// <param name="adminUrl">Where its health answers.</param>
    /// <param name="issuer">The <c>iss</c> of good tokens.</param>
    /// <param name="keys">Where its keys come from, as under <c>Keys</c> in the configuration.</param>
    /// <param name="upstream">Where requests go.</param>
    public static JsonObject Of(string url, string adminUrl, string issuer, JsonObject keys, string upstream) => new()
    {
        ["Urls"] = url,
        ["Sallyport"] = new JsonObject
        {
            ["Admin"] = new JsonObject { ["Url"] = adminUrl },
            ["TrustedIssuers"] = new JsonObject
            {
                ["corp"] = new JsonObject
                {
                    ["Issuer"] = issuer,
                    ["Audiences"] = new JsonArray("api"),
                    ["Algorithms"] = new JsonArray("ES256", "RS256", "EdDSA"),
                    ["Keys"] = keys,
                },
            },
            ["Policies"] = new JsonObject
            {
                ["orders-read"] = new JsonObject
                {
                    ["Issuers"] = new JsonArray("corp"),
                    ["Scopes"] = new JsonObject { ["All"] = new JsonArray("orders:read") },
                    ["Tenant"] = new JsonObject { ["RouteValue"] = "tenant", ["Claim"] = "org_id" },
                },
            },
            ["Forwarding"] = new JsonObject { ["Claims"] = new JsonObject { ["Email"] = "email" } },
        },
        ["ReverseProxy"] = new JsonObject
        {
            ["Routes"] = new JsonObject
            {
                ["orders"] = Route("orders-read", "/orders/{tenant}/{**rest}"),
                ["open"] = Route("Anonymous", "/open/{**rest}"),
            },
            ["Clusters"] = new JsonObject
            {
                ["upstream"] = new JsonObject { ["Destinations"] = new JsonObject { ["only"] = new JsonObject { ["Address"] = upstream } } },
            },
        },
    };

    /// <summary>What gateways share they share through this Redis.</summary>
    /// <param name="configuration">Changed.</param>
    /// <param name="redis">Where it listens.</param>
    /// <param name="macKey">File of the MAC key, from the gateway's working directory.</param>
    public static void ShareThrough(JsonObject configuration, EndPoint redis, string macKey) =>
        configuration["Sallyport"]!["Redis"] = new JsonObject
        {
            ["Configuration"] = redis.ToString(), ["MacKey"] = new JsonObject { ["File"] = macKey },
        };

    /// <summary>One more route, to a cluster of the same name with this one service.</summary>
    /// <returns>The cluster, for what else is to be said of it.</returns>
    public static JsonObject AddRoute(JsonObject configuration, string name, string policy, string path, string service)
    {
        var cluster = new JsonObject { ["Destinations"] = new JsonObject { ["only"] = new JsonObject { ["Address"] = service } } };
        configuration["ReverseProxy"]!["Routes"]![name] = Route(policy, path, name);
        configuration["ReverseProxy"]!["Clusters"]![name] = cluster;
        return cluster;
    }

    private static JsonObject Route(string policy, string path, string cluster = "upstream") =>
        new() { ["ClusterId"] = cluster, ["AuthorizationPolicy"] = policy, ["Match"] = new JsonObject { ["Path"] = path } };
}

using System.Globalization;
using System.Text.Json.Nodes;

namespace Sallyport.LoadTests.Flat;

/// <summary>Something that there may be much of and that must not make a request dearer.</summary>
/// <param name="Name">As on the command line.</param>
/// <param name="Small">The yardstick.</param>
/// <param name="Large">Judged by it.</param>
internal sealed record Dimension(string Name, Side Small, Side Large)
{
    /// <summary>How many routes a bare YARP beside each side has, to tell what is the gateway's own; null for no bare YARP.</summary>
    public (int Small, int Large)? BareRoutes { get; init; }

    /// <summary>Tokens that come again and again: as many as the gateway remembers.</summary>
    public const int Seen = 1_000;

    /// <summary>So many that the gateway has forgotten each of them before it comes again, but for less than one in a hundred.</summary>
    public const int Unseen = 24_000;

    public const string Again = "seen before";

    /// <summary>From 1 to 1,000 trusted issuers, all named by the route's policy.</summary>
    public static Dimension Issuers(Crowd one, Crowd many) => new("issuers", Of(one, "1 issuer"), Of(many, "1,000 issuers"));

    /// <summary>From 1 to 64 keys in a set, the most that one may have.</summary>
    public static Dimension Keys(Crowd one, Crowd many) => new("keys", Of(one, "1 key"), Of(many, "64 keys"));

    /// <summary>From few routes to many, each sent to in turn.</summary>
    public static Dimension Routes(Crowd crowd, int few, int many)
    {
        var tokens = crowd.Tokens("ES256", Seen);
        return new("routes", Of(few), Of(many)) { BareRoutes = (few, many) };

        Side Of(int routes) => new(string.Create(CultureInfo.InvariantCulture, $"{routes:#,0} routes"), json => Change(json, routes), new Dictionary<string, ReadOnlyMemory<byte>[]>(StringComparer.Ordinal)
        {
            // As many requests on both sides, so that the generator's own memory is the same.
            [Again] = [.. Enumerable.Range(0, many).Select(i => Traffic.Get($"/{BareYarpHost.Service(i % routes)}/acme/17", tokens[i % Seen]))],
        });

        void Change(JsonObject json, int routes)
        {
            crowd.TrustedBy(json);
            var table = (JsonObject)json["ReverseProxy"]!["Routes"]!;
            var orders = table["orders"]!;
            table.Clear();
            for (var i = 0; i < routes; i++)
            {
                var route = orders.DeepClone();
                route["Match"]!["Path"] = $"/{BareYarpHost.Service(i)}/{{tenant}}/{{**rest}}";
                table[BareYarpHost.Service(i)] = route;
            }
        }
    }

    /// <summary>From no revoked token to a million.</summary>
    public static Dimension Revocations(Crowd crowd, Action<JsonObject> none, Action<JsonObject> many, int ids)
    {
        var requests = Of(crowd, "").Requests;
        return new("revocations", With("none revoked", none), With(string.Create(CultureInfo.InvariantCulture, $"{ids:#,0} revoked"), many));

        Side With(string name, Action<JsonObject> share) => new(
            name,
            json =>
            {
                crowd.TrustedBy(json);
                share(json);
            },
            requests);
    }

    private static Side Of(Crowd crowd, string name)
    {
        var requests = new Dictionary<string, ReadOnlyMemory<byte>[]>(StringComparer.Ordinal) { [Again] = Get(crowd.Tokens("ES256", Seen)) };
        foreach (var algorithm in crowd.OfTokens) requests[$"new, {algorithm}"] = Get(crowd.Tokens(algorithm, Unseen));
        return new(name, crowd.TrustedBy, requests);
    }

    private static ReadOnlyMemory<byte>[] Get(string[] tokens) => [.. tokens.Select(token => Traffic.Get(GatewayConfiguration.Orders, token))];
}

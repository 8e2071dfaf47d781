using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Sallyport.Gateway.Telemetry;
using Sallyport.Tests.Admin;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Telemetry;

/// <summary>A gateway that exports to a receiver, and a bit of everything that it measures: made once, read by many tests.</summary>
public sealed class ExportedTraffic : IAsyncLifetime
{
    public const string Subject = "subject-that-stays-private";
    public const string Kid = "kid-of-no-metric";
    private const string UnknownKid = "kid-that-nobody-knows";

    /// <summary>Every token that a client sent.</summary>
    internal List<string> Tokens { get; } = [];

    internal OtlpReceiver Receiver { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Receiver = await OtlpReceiver.StartAsync();
        await using var house = await House.OpenAsync(json =>
        {
            json["Sallyport"]!["Telemetry"] = new JsonObject { ["OtlpEndpoint"] = Receiver.Url, ["OtlpProtocol"] = "http/protobuf" };
            json["Logging"] = new JsonObject { ["LogLevel"] = new JsonObject { ["Sallyport.Gateway.Proxy"] = "Debug" } };
            AddQueryRoute(json);
        });
        house.Issuer.Publish(house.Key.PublicJwk("k1", "ES256"), house.Key.PublicJwk(Kid, "ES256"));
        await Poll.Until(async () => (await new Probe(house.Gateway).Ready()).Status == HttpStatusCode.OK);

        string Token(Action<JsonObject>? edit = null, string kid = Kid)
        {
            var token = house.Token(
                claims =>
                {
                    claims["sub"] = Subject;
                    edit?.Invoke(claims);
                },
                kid: kid);
            Tokens.Add(token);
            return token;
        }

        var good = Token();
        await Expect(HttpStatusCode.OK, "/any/1", good);
        await Expect(HttpStatusCode.OK, "/any/1", good);
        await Expect(HttpStatusCode.Unauthorized, "/any/1", null);
        await Expect(HttpStatusCode.Unauthorized, "/any/1", Token(claims => claims["aud"] = "elsewhere"));
        await Expect(HttpStatusCode.Forbidden, "/orders/1", good);
        await Expect(HttpStatusCode.Unauthorized, "/any/1", Token(kid: UnknownKid));
        await Expect(HttpStatusCode.OK, $"/query/1?page=2&access_token={Token()}", null);
        await Expect(HttpStatusCode.Unauthorized, $"/query/1?access_token={Token(claims => claims["aud"] = "elsewhere")}", null);
        using (var spoofed = new HttpRequestMessage(HttpMethod.Get, "/open/1"))
        {
            spoofed.Headers.Add("X-Auth-Subject", "root");
            using var answer = await house.Client.SendAsync(spoofed);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        var changed = House.Configuration(house.Issuer, house.Upstream);
        AddQueryRoute(changed);
        house.Gateway.Change(changed);
        await Poll.Until(() => house.Gateway.Logs.Entries.Any(entry => entry.Id.Id == 1001));
        changed["Sallyport"]!["Misspelt"] = 1;
        house.Gateway.Change(changed);
        await Poll.Until(() => house.Gateway.Logs.Entries.Any(entry => entry.Id.Id == 1003));

        // What the end of the process does.
        await house.Gateway.Services.GetRequiredService<GatewayTelemetry>().StoppedAsync(CancellationToken.None);

        async Task Expect(HttpStatusCode status, string path, string? token)
        {
            using var answer = await house.Get(path, token);
            Assert.Equal(status, answer.StatusCode);
        }
    }

    public async Task DisposeAsync() => await Receiver.DisposeAsync();

    private static void AddQueryRoute(JsonObject json)
    {
        json["Sallyport"]!["Policies"]!["by-query"] = JsonNode.Parse("""{ "Token": { "Query": "access_token" } }""");
        json["ReverseProxy"]!["Routes"]!["query"] = JsonNode.Parse(
            """{ "ClusterId": "upstream", "AuthorizationPolicy": "by-query", "Match": { "Path": "/query/{**rest}" } }""");
    }
}

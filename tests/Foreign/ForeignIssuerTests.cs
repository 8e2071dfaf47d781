using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Foreign;

/// <summary>The gateway trusts a provider that we did not write, knowing nothing of it but its name.</summary>
public sealed class ForeignIssuerTests
{
    [Fact]
    [Trait("Acceptance", "D1")]
    public async Task Tokens_of_every_algorithm_pass_and_the_upstream_learns_whose_they_are()
    {
        await using var provider = await OpenIdProvider.StartAsync(("es", "ES256"), ("rs", "RS256"), ("ed", "EdDSA"));
        await using var upstream = await RecordingUpstream.StartAsync();
        await using var gateway = await TestGateway.StartAsync(Configuration(provider, upstream));
        using var client = FrontDoors.Client(gateway);

        foreach (var algorithm in new[] { "ES256", "RS256", "EdDSA" })
        {
            var token = await provider.Token(algorithm);
            await Accepts(client, token);
            var received = upstream.Requests[^1];
            Assert.Equal(algorithm, received.Header("X-Auth-Subject"));
            Assert.Equal(provider.Issuer, received.Header("X-Auth-Issuer"));
            Assert.Equal("foreign", received.Header("X-Auth-Issuer-Name"));
            Assert.Equal("api", received.Header("X-Auth-Audience"));
            Assert.Equal("orders:read", received.Header("X-Auth-Scope"));
            Assert.Equal(algorithm, received.Header("X-Auth-Client"));
            Assert.Null(received.Header("Authorization"));

            var count = upstream.Requests.Count;
            await Refuses(client, Tampering.Payload(token), "signature_invalid");
            await Refuses(client, Tampering.Signature(token), "signature_invalid");
            Assert.Equal(count, upstream.Requests.Count);
        }
    }

    [Fact]
    [Trait("Acceptance", "D3")]
    [Trait("Acceptance", "D7")]
    public async Task A_rotation_of_the_provider_is_followed_with_the_first_token_and_what_it_drops_is_refused()
    {
        await using var provider = await OpenIdProvider.StartAsync(("es-1", "ES256"), ("rs-1", "RS256"), ("ed-1", "EdDSA"));
        await using var upstream = await RecordingUpstream.StartAsync();
        await using var gateway = await TestGateway.StartAsync(Configuration(provider, upstream));
        using var client = FrontDoors.Client(gateway);

        string[] before = [await provider.Token("ES256"), await provider.Token("RS256"), await provider.Token("EdDSA")];
        foreach (var token in before)
            await Accepts(client, token);

        await provider.Publish(("es-2", "ES256"), ("es-1", "ES256"), ("rs-1", "RS256"), ("ed-1", "EdDSA"));
        var second = await provider.Token("ES256");
        Assert.Equal("es-2", Tampering.Header(second, "kid"));
        await Accepts(client, second);
        foreach (var token in before)
            await Accepts(client, token);

        // Dropped, but the gateway has not heard of it; the first token of another new key is the reason to ask.
        await provider.Publish(("es-2", "ES256"), ("rs-2", "RS256"), ("ed-1", "EdDSA"));
        await Accepts(client, before[0]);
        var third = await provider.Token("RS256");
        Assert.Equal("rs-2", Tampering.Header(third, "kid"));
        await Accepts(client, third);
        await Refuses(client, before[0], "kid_unknown");
        await Refuses(client, before[1], "kid_unknown");
        await Accepts(client, before[2]);
        await Accepts(client, second);
    }

    private static JsonObject Configuration(OpenIdProvider provider, RecordingUpstream upstream) => (JsonObject)JsonNode.Parse($$"""
        {
          "Sallyport": {
            "TrustedIssuers": {
              "foreign": {
                "Issuer": "{{provider.Issuer}}", "Audiences": ["api"], "Algorithms": ["ES256", "RS256", "EdDSA"],
                "Keys": { "Discovery": true, "Timeout": "00:00:30" }
              }
            },
            "Policies": { "read": { "Scopes": { "All": ["orders:read"] } } },
            "Forwarding": { "Claims": { "Client": "client_id" } }
          },
          "ReverseProxy": {
            "Routes": { "all": { "ClusterId": "upstream", "AuthorizationPolicy": "read", "Match": { "Path": "/{**rest}" } } },
            "Clusters": { "upstream": { "Destinations": { "only": { "Address": "{{upstream.Url}}" } } } }
          }
        }
        """)!;

    private static async Task Accepts(HttpClient client, string token)
    {
        using var answer = await Get(client, token);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
    }

    private static async Task Refuses(HttpClient client, string token, string reason)
    {
        using var answer = await Get(client, token);
        Assert.Equal((401, reason), await House.Problem(answer));
    }

    private static async Task<HttpResponseMessage> Get(HttpClient client, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/orders");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await client.SendAsync(request);
    }
}

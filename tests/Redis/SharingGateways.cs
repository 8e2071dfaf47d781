using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Sallyport.Gateway.Redis;
using Sallyport.Tests.Support;
using StackExchange.Redis;

namespace Sallyport.Tests.Redis;

/// <summary>Two gateways with one issuer and one Redis between them.</summary>
internal sealed class SharingGateways : IAsyncDisposable
{
    private readonly string _macKey;

    private SharingGateways(House first, TestGateway second, string macKey) => (First, Second, _macKey) = (first, second, macKey);

    /// <summary>With the issuer and the upstream of both.</summary>
    public House First { get; }

    public TestGateway Second { get; }

    public static async Task<SharingGateways> StartAsync(string configuration)
    {
        var macKey = Path.GetTempFileName();
        await File.WriteAllTextAsync(macKey, Convert.ToHexString(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32)));
        JsonObject? json = null;
        var first = await House.OpenAsync(edited =>
        {
            // Longer than the default: what these tests ask is whether it works, on a machine that may be slow.
            edited["Sallyport"]!["Redis"] = new JsonObject { ["Configuration"] = configuration, ["MacKey"] = new JsonObject { ["File"] = macKey }, ["Timeout"] = "00:00:05" };
            json = edited;
        });
        return new SharingGateways(first, await TestGateway.StartAsync(json!), macKey);
    }

    public RedisConnection ConnectionOf(TestGateway gateway) => gateway.Services.GetRequiredService<RedisConnection>();

    /// <summary>Waits until what either writes the other reads, and what either says the other hears.</summary>
    public async Task Share(TimeSpan deadline)
    {
        var (one, other) = (ConnectionOf(First.Gateway), ConnectionOf(Second));
        await Poll.Until(() => one.IsThere && other.IsThere, deadline, "both gateways are connected to Redis");
        await Poll.Until(() => IsPassed(one, other), deadline, "the second gateway reads what the first one writes");
        await Poll.Until(() => IsPassed(other, one), deadline, "the first gateway reads what the second one writes");
    }

    /// <summary>The issuer signs with a new key: the gateway that sees it first fetches, and the other one learns it from Redis.</summary>
    public async Task Rotate()
    {
        var key = TestKey.New("ES256");
        var kid = Guid.NewGuid().ToString();
        First.Issuer.Publish(key.PublicJwk(kid, "ES256", "sig"));
        var hits = First.Issuer.JwksHits;
        var token = First.Token(key: key, kid: kid);
        using var client = FrontDoors.Client(Second);

        Assert.Equal(HttpStatusCode.OK, await Ask(First.Client, token));
        Assert.Equal(HttpStatusCode.OK, await Ask(client, token));
        Assert.Equal(hits + 1, First.Issuer.JwksHits);
    }

    private static async Task<HttpStatusCode> Ask(HttpClient client, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/any/1") { Headers = { Authorization = new("Bearer", token) } };
        using var answer = await client.SendAsync(request);
        return answer.StatusCode;
    }

    public async ValueTask DisposeAsync()
    {
        await Second.DisposeAsync();
        await First.DisposeAsync();
        File.Delete(_macKey);
    }

    private static async Task<bool> IsPassed(RedisConnection from, RedisConnection to)
    {
        var value = Guid.NewGuid().ToString();
        RedisKey key = from.Prefix + "{test}:value";
        try
        {
            await from.RunAsync("test", TimeSpan.FromSeconds(5), redis => redis.StringSetAsync(key, value));
            return await to.RunAsync("test", TimeSpan.FromSeconds(5), redis => redis.StringGetAsync(key)) == value;
        }
        catch (RedisAwayException)
        {
            return false;
        }
    }
}

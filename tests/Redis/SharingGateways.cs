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
            await from.RunAsync("test", TimeSpan.FromSeconds(5), redis => redis.StringSetAsync(key, value, TimeSpan.FromMinutes(1)));
            return await to.RunAsync("test", TimeSpan.FromSeconds(5), redis => redis.StringGetAsync(key)) == value;
        }
        catch (RedisAwayException)
        {
            return false;
        }
    }
}

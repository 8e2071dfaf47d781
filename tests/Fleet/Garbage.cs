using System.Security.Cryptography;
using StackExchange.Redis;

namespace Sallyport.Tests.Fleet;

/// <summary>What else could lie in Redis under the gateways' own names.</summary>
internal static class Garbage
{
    /// <summary>Each puts something of its kind in the place of a key.</summary>
    public static IReadOnlyList<Func<IDatabase, RedisKey, Task>> Kinds { get; } =
    [
        (redis, name) => redis.StringSetAsync(name, RandomNumberGenerator.GetBytes(700)),
        (redis, name) => redis.StringSetAsync(name, ""),
        (redis, name) => redis.StringSetAsync(name, """{"keys":[]}"""),
        async (redis, name) =>
        {
            await redis.KeyDeleteAsync(name);
            await redis.ListRightPushAsync(name, "one");
        },
        async (redis, name) =>
        {
            await redis.KeyDeleteAsync(name);
            await redis.HashSetAsync(name, "version", long.MaxValue);
        },
        async (redis, name) =>
        {
            await redis.KeyDeleteAsync(name);
            await redis.SortedSetAddAsync(name, "one", double.MaxValue);
        },
    ];

    /// <summary>Every name that the gateways use or might use.</summary>
    public static async Task<IReadOnlyList<RedisKey>> Names(ConnectionMultiplexer redis)
    {
        var names = new HashSet<string>(StringComparer.Ordinal)
        {
            GatewayFleet.Prefix + "{revocation}:head", GatewayFleet.Prefix + "{revocation}:buckets", GatewayFleet.Prefix + "{revocation}:bucket:0",
        };
        await foreach (var key in redis.GetServers().Single().KeysAsync(pattern: GatewayFleet.Prefix + "*"))
        {
            var name = key.ToString();
            names.Add(name);
            if (name.EndsWith(":document", StringComparison.Ordinal)) names.Add(name[..^":document".Length] + ":lease");
        }

        return [.. names.Select(name => (RedisKey)name)];
    }
}

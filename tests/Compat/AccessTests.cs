using Sallyport.Tests.Support;
using StackExchange.Redis;

namespace Sallyport.Tests.Compat;

/// <summary>Users of Redis 6 and later, with their passwords and rights.</summary>
public sealed class AccessTests
{
    // "default off": who gives no name has no access.
    private static readonly string[] Users =
    [
        "--user", "default", "off",
        "--user", "gateway", "on", ">secret", "~sallyport:*", "&*", "+@all", "-@dangerous", "+info", "+client", "+config|get", "+cluster",
    ];

    [Theory]
    [InlineData(RedisProtocol.Resp2)]
    [InlineData(RedisProtocol.Resp3)]
    public async Task A_user_with_the_right_password_has_its_rights_and_no_more(RedisProtocol protocol)
    {
        await using var server = await RedisServer.StartAsync(Users);
        await using var client = await server.ConnectAsync(options =>
        {
            options.User = "gateway";
            options.Password = "secret";
            options.Protocol = protocol;
        });
        var redis = client.GetDatabase();

        Assert.True(await redis.StringSetAsync("sallyport:key", "value"));
        Assert.Equal("value", await redis.StringGetAsync("sallyport:key"));
        var error = await Assert.ThrowsAsync<RedisServerException>(() => redis.StringSetAsync("elsewhere:key", "value"));
        Assert.StartsWith("NOPERM", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<RedisServerException>(() => redis.ExecuteAsync("FLUSHALL"));
    }

    [Theory]
    [InlineData("gateway", "wrong")]
    [InlineData("stranger", "secret")]
    [InlineData(null, "secret")]
    [InlineData(null, null)]
    public async Task Any_other_name_or_password_is_refused(string? user, string? password)
    {
        await using var server = await RedisServer.StartAsync(Users);

        await Assert.ThrowsAsync<RedisConnectionException>(async () =>
        {
            await using var client = await server.ConnectAsync(options =>
            {
                options.User = user;
                options.Password = password;
                options.ConnectTimeout = 2_000;
                options.ConnectRetry = 1;
            });
            // Without a name and a password the connection itself is allowed; no command is.
            await client.GetDatabase().PingAsync();
        });
    }
}

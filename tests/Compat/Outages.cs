using StackExchange.Redis;

namespace Sallyport.Tests.Compat;

/// <summary>Settings for tests in which the server goes away.</summary>
internal static class Outages
{
    /// <summary>Notices soon, gives up soon and tries again soon.</summary>
    public static void Impatient(ConfigurationOptions options)
    {
        options.AbortOnConnectFail = false;
        options.ConnectTimeout = 3_000;
        options.AsyncTimeout = 3_000;
        options.HeartbeatInterval = TimeSpan.FromMilliseconds(100);
        options.KeepAlive = 1;
        options.ReconnectRetryPolicy = new LinearRetry(100);
        options.BacklogPolicy = BacklogPolicy.FailFast;
    }

    /// <summary>Whether a command passes now.</summary>
    public static async Task<bool> Answers(IDatabase redis)
    {
        try
        {
            await redis.PingAsync();
            return true;
        }
        catch (Exception away) when (away is RedisException or TimeoutException)
        {
            return false;
        }
    }
}

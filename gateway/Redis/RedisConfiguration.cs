using StackExchange.Redis;

namespace Sallyport.Gateway.Redis;

/// <summary>A configuration string of StackExchange.Redis, with what this process needs beside it.</summary>
internal static class RedisConfiguration
{
    /// <summary>What the operator's string says, and for what it does not say, our own defaults.</summary>
    /// <exception cref="ArgumentException">It is no such string. The message may repeat parts of it: do not show it.</exception>
    public static ConfigurationOptions Parse(string configuration)
    {
        var options = ConfigurationOptions.Parse(configuration);
        // An outage of Redis is never a reason not to start, and nothing waits in a queue for its return.
        options.AbortOnConnectFail = false;
        options.BacklogPolicy = BacklogPolicy.FailFast;
        if (!Says("name")) options.ClientName = "sallyport";
        if (!Says("connectTimeout")) options.ConnectTimeout = 2_000;
        if (!Says("asyncTimeout") && !Says("syncTimeout")) options.AsyncTimeout = 2_000;
        // Finds a half-open connection in seconds.
        if (!Says("keepAlive")) options.KeepAlive = 2;
        options.ReconnectRetryPolicy = new LinearRetry(250);
        // Names of the client's own, outside our prefix: for choosing among primaries, which only Sentinel or a cluster may do here.
        if (!Says("tiebreaker")) options.TieBreaker = "";
        if (!Says("configChannel")) options.ConfigurationChannel = "";
        return options;

        bool Says(string key) => configuration.Split(',').Any(part => part.TrimStart().StartsWith(key + "=", StringComparison.OrdinalIgnoreCase));
    }
}

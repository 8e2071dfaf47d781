using Sallyport.Gateway.Redis;
using Sallyport.Gateway.Revocation;

namespace Sallyport.Gateway.Cli;

/// <summary>What the replicas share, for a verb: asked for a bounded time, and done without where it may be.</summary>
internal static class SharedRevocations
{
    private static readonly TimeSpan LoadTimeout = TimeSpan.FromSeconds(15);

    /// <summary>Connects, for two seconds at most.</summary>
    /// <returns>Why Redis cannot be asked; null when it can.</returns>
    public static async Task<string?> ConnectAsync(IServiceProvider services, CancellationToken cancellation)
    {
        if (services.GetService<RedisConnection>() is not { } redis)
            return "No Redis is configured. Revocations are kept there: see Sallyport.Redis.";
        await redis.StartAsync(cancellation);
        return redis.IsThere ? null : $"{redis.Problem}.";
    }

    /// <summary>Loads the list as a gateway that starts does, and says so on standard error where it cannot. Without Redis there is none.</summary>
    public static async Task LoadAsync(IServiceProvider services, ConsoleStreams streams, CancellationToken cancellation)
    {
        if (services.GetService<RedisConnection>() is not { } redis) return;
        var problem = await ConnectAsync(services, cancellation);
        if (problem is null)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(LoadTimeout);
            try
            {
                await services.GetRequiredService<RevocationReplica>().CatchUpAsync(redis.Epoch, limit.Token);
                return;
            }
            catch (RedisAwayException e)
            {
                problem = $"Redis: {e.Message}.";
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                problem = $"Redis did not tell all of them within {LoadTimeout.TotalSeconds:0} s.";
            }
        }

        await streams.Error.WriteLineAsync($"The revocations are not known here, so a revoked token is not recognised. {Visible.Line(problem)}");
    }
}

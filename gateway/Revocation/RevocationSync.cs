using System.Security.Cryptography;
using Sallyport.Gateway.Redis;

namespace Sallyport.Gateway.Revocation;

/// <summary>Keeps the list up to date: at start, at every message, after every interruption, and a few times within its greatest age.</summary>
internal sealed partial class RevocationSync(
    RevocationReplica replica, RevocationList list, RedisConnection redis, RevocationOptions options, TimeProvider clock, ILogger<RevocationSync> logger)
    : IHostedService, IDisposable
{
    // How often it looks whether there is anything to do; of the real time, as all waiting for Redis.
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestBeat = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SweepPeriod = TimeSpan.FromMinutes(1);

    // Messages that come faster than this are answered together.
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(20);

    // A replica that starts where Redis is there does not serve before it knows what is revoked, unless that takes too long.
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);

    private readonly TimeSpan _beat = options.MaxAge / 4 < LongestBeat ? options.MaxAge / 4 : LongestBeat;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly TaskCompletionSource _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isTold;
    private long _asked;
    private Task? _running;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        redis.Listen(RevocationStore.Channel, _ => Told());
        _running = Task.Run(RunAsync, CancellationToken.None);
        if (redis.IsThere) await Task.WhenAny(_loaded.Task, Task.Delay(StartTimeout, cancellationToken));
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        if (_running is { } running) await Task.WhenAny(running, Task.Delay(LongestBeat, cancellationToken));
    }

    public void Dispose()
    {
        _stopping.Dispose();
        _wake.Dispose();
    }

    private async Task RunAsync()
    {
        var (writeBackAt, sweptAt) = (0L, clock.GetTimestamp());
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                if (IsDue())
                {
                    await CatchUpAsync();
                    _loaded.TrySetResult();
                }

                if (replica.OwesRedis && redis.IsThere && Environment.TickCount64 >= writeBackAt)
                {
                    // All replicas find the loss at once: they come one after the other, and the later ones find less to do.
                    if (writeBackAt > 0) await replica.WriteBackAsync(redis.Epoch, _stopping.Token);
                    writeBackAt = replica.OwesRedis ? Environment.TickCount64 + RandomNumberGenerator.GetInt32(100, 1_500) : 0;
                }

                if (clock.GetElapsedTime(sweptAt) >= SweepPeriod)
                {
                    list.Sweep();
                    sweptAt = clock.GetTimestamp();
                }
            }
            catch (RedisAwayException)
            {
                // The connection has logged it; the list grows older, and says so itself.
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Whatever lies in Redis: the loop that reads it must not end.
            catch (Exception e)
#pragma warning restore CA1031
            {
                Failed(e);
            }

            await RestAsync();
        }
    }

    private bool IsDue() =>
        redis.IsThere && (_isTold || !list.IsLoaded || redis.Epoch != list.Epoch || clock.GetElapsedTime(_asked) >= _beat);

    private async Task CatchUpAsync()
    {
        // Before asking: what is told meanwhile counts for the next time.
        _isTold = false;
        _asked = clock.GetTimestamp();
        await replica.CatchUpAsync(redis.Epoch, _stopping.Token);
    }

    private async Task RestAsync()
    {
        try
        {
            await Task.Delay(Rest, _stopping.Token);
            await _wake.WaitAsync(Look, _stopping.Token);
        }
        catch (OperationCanceledException)
        {
            // The loop sees it.
        }
    }

    private void Told()
    {
        _isTold = true;
        try
        {
            if (_wake.CurrentCount == 0) _wake.Release();
        }
        catch (Exception e) when (e is SemaphoreFullException or ObjectDisposedException)
        {
            // Somebody else woke it, or nobody need wake it any more.
        }
    }

    [LoggerMessage(9011, LogLevel.Error, "The revocations could not be read; they are read again")]
    private partial void Failed(Exception exception);
}

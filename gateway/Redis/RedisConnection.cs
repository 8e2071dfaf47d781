using System.Collections.Concurrent;
using System.Diagnostics;
using Sallyport.Gateway.Telemetry;
using StackExchange.Redis;

namespace Sallyport.Gateway.Redis;

/// <summary>The process's one connection to Redis, and what is known of its health.</summary>
/// <remarks>
/// <code>
///   there   every operation is bounded in time; one that fails makes the next beat come at once, and until it has come no other is tried
///   away    operations fail without waiting, until a beat finds Redis answering on both connections
///   back    the epoch is another: who listens may have missed messages, and reads anew
/// </code>
/// Nothing here ever stops a request: who cannot ask Redis goes on from memory.
/// </remarks>
internal sealed partial class RedisConnection(RedisOptions options, GatewayMetrics metrics, ILogger<RedisConnection> logger) : IHostedService, IAsyncDisposable, IDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ImpatientBeat = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan BeatTimeout = TimeSpan.FromSeconds(1);

    // A replica that starts beside others asks them before it asks issuers; without Redis it starts all the same. Where nothing listens,
    // that shows at once.
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(5);

    private const string NotYet = "not connected yet";

    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<string, string> _faults = new(StringComparer.Ordinal);
    private readonly RedisChannels _channels = new(options.Prefix);
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly TaskCompletionSource _firstBeat = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile ConnectionMultiplexer? _multiplexer;
    private volatile string? _awayBecause = NotYet;
    private volatile string? _deafBecause;
    private volatile bool _isInterrupted;
    private volatile bool _isDoubted;
    private volatile int _epoch;
    private readonly long _started = Stopwatch.GetTimestamp();
    private Task? _beating;

    public string Prefix => options.Prefix;

    /// <summary>The longest that a request waits for one answer.</summary>
    public TimeSpan Timeout => options.Timeout;

    /// <summary>How long work that no request waits for may take.</summary>
    public static TimeSpan BackgroundTimeout { get; } = TimeSpan.FromSeconds(2);

    public bool IsThere => _awayBecause is null && !_isDoubted;

    /// <summary>Another number after every interruption: messages may have been missed before it. Zero before the first connection.</summary>
    public int Epoch => _epoch;

    /// <summary>What an operator should know; null while all is well.</summary>
    public string? Problem => (_awayBecause ?? _deafBecause) is { } away
        ? $"Redis is away: {away}"
        : _faults.OrderBy(fault => fault.Key, StringComparer.Ordinal).Select(fault => $"Redis refuses {fault.Key}: {fault.Value}").FirstOrDefault();

    /// <summary>Connects, for a few seconds at most; afterwards in the background.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _beating = Task.Run(BeatAsync, CancellationToken.None);
        await Task.WhenAny(_firstBeat.Task, Task.Delay(StartTimeout, cancellationToken));
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        if (_beating is { } beating) await Task.WhenAny(beating, Task.Delay(BeatTimeout, cancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        if (!_stopping.IsCancellationRequested) await StopAsync(CancellationToken.None);
        if (_multiplexer is { } multiplexer) await multiplexer.DisposeAsync();
        _stopping.Dispose();
        _wake.Dispose();
    }

    public void Dispose()
    {
        if (!_stopping.IsCancellationRequested) _stopping.Cancel();
        _multiplexer?.Dispose();
        _stopping.Dispose();
        _wake.Dispose();
    }

    /// <summary>Calls <paramref name="onMessage"/> for every message on a channel, from now or the next connection on. It must not block or throw.</summary>
    /// <param name="channel">Without the prefix.</param>
    public void Listen(string channel, Action<string> onMessage)
    {
        _channels.Add(channel, onMessage);
        Wake();
    }

    /// <summary>Runs one operation, bounded in time.</summary>
    /// <param name="operation">One of <see cref="RedisOperation"/>.</param>
    /// <param name="bound">The longest that the caller waits.</param>
    /// <exception cref="RedisAwayException">There was no answer, or an error for one.</exception>
    public async Task<T> RunAsync<T>(string operation, TimeSpan bound, Func<IDatabase, Task<T>> action)
    {
        if (_awayBecause is { } away) throw new RedisAwayException(away);
        if (_isDoubted) throw new RedisAwayException("it did not answer in time a moment ago");
        return await TryAsync(operation, bound, () => action(_multiplexer!.GetDatabase()));
    }

    private async Task<T> TryAsync<T>(string operation, TimeSpan bound, Func<Task<T>> action)
    {
        var started = Stopwatch.GetTimestamp();
        var outcome = "error";
        try
        {
            var answer = await action().WaitAsync(bound, _stopping.Token);
            _faults.TryRemove(operation, out _);
            outcome = "ok";
            return answer;
        }
        catch (TimeoutException e)
        {
            outcome = "timeout";
            // Nobody else waits for it until a beat, which comes at once, has found that it answers.
            _isDoubted = true;
            Interrupted();
            throw new RedisAwayException($"no answer within {bound.TotalMilliseconds:0} ms", e);
        }
        catch (RedisConnectionException e)
        {
            outcome = "connection";
            Interrupted();
            throw new RedisAwayException(e);
        }
        catch (RedisException e)
        {
            outcome = "refused";
            // The first word is Redis's own code; the rest may repeat what was sent.
            var code = e.Message.Split(' ', 2)[0];
            if (_faults.TryAdd(operation, code)) Refused(operation, code);
            throw new RedisAwayException($"it refuses {operation}: {code}", e);
        }
        catch (ObjectDisposedException e)
        {
            throw new RedisAwayException("the process is stopping", e);
        }
        catch (OperationCanceledException e) when (_stopping.IsCancellationRequested)
        {
            throw new RedisAwayException("the process is stopping", e);
        }
#pragma warning disable CA1031 // Whatever else the client throws while its connections break: who asked goes on from memory, and is not broken itself.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Interrupted();
            ClientFailed(e, operation);
            throw new RedisAwayException($"the client failed: {e.GetType().Name}", e);
        }
        finally
        {
            metrics.RedisAsked(operation, outcome, Stopwatch.GetElapsedTime(started));
        }
    }

    private async Task BeatAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            string? problem;
            try
            {
                // Before the questions: an interruption while they are under way counts for the next beat.
                var wasInterrupted = _isInterrupted;
                _isInterrupted = false;
                problem = await AskAsync();
                // Without its messages it is still there to be asked.
                var deaf = problem is null ? await ListenAsync() : _deafBecause;
                if (problem is null && deaf is null && (wasInterrupted || _awayBecause is not null || _deafBecause is not null))
                {
                    Interlocked.Increment(ref _epoch);
                    if (_awayBecause is not null) Back(options.Prefix);
                }

                // An interruption that nobody made good yet is not forgotten.
                _deafBecause = deaf;
            }
#pragma warning disable CA1031 // Whatever the client throws: the loop that brings Redis back must not end.
            catch (Exception e)
#pragma warning restore CA1031
            {
                if (_stopping.IsCancellationRequested) return;
                problem = e is RedisAwayException ? e.Message : e.GetType().Name;
            }

            if (problem is not null && _awayBecause is null or NotYet) Lost(problem);
            _awayBecause = problem;
            _isDoubted = false;
            if ((problem ?? _deafBecause) is null || (Stopwatch.GetElapsedTime(_started) > Beat && _multiplexer is not { IsConnected: true })) _firstBeat.TrySetResult();
            try
            {
                await _wake.WaitAsync((problem ?? _deafBecause) is null ? Beat : ImpatientBeat, _stopping.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>It answers.</summary>
    /// <returns>Why not.</returns>
    private async Task<string?> AskAsync()
    {
        var multiplexer = _multiplexer ??= await ConnectAsync();
        // As a plain command: to the client's own ping an error is an answer too.
        await TryAsync(RedisOperation.Ping, BeatTimeout, () => multiplexer.GetDatabase().ExecuteAsync("PING"));
        return null;
    }

    /// <summary>The connection for messages answers, and every channel is subscribed to.</summary>
    /// <returns>Why not.</returns>
    private async Task<string?> ListenAsync()
    {
        if (_channels.IsEmpty) return null;
        var subscriber = _multiplexer!.GetSubscriber();
        try
        {
            foreach (var channel in _channels.Silent)
            {
                await TryAsync(RedisOperation.Subscribe, BeatTimeout, () => _channels.SubscribeAsync(subscriber, channel));
                _channels.Subscribed(channel);
                // What was said before it listened, it has missed.
                _isInterrupted |= _epoch > 0;
            }

            await TryAsync(RedisOperation.Ping, BeatTimeout, () => subscriber.PingAsync());
        }
        catch (RedisAwayException e)
        {
            return $"its messages do not come: {e.Message}";
        }

        return _channels.AreConnected(subscriber) ? null : "the connection for messages is down";
    }

    private async Task<ConnectionMultiplexer> ConnectAsync()
    {
        try
        {
            var multiplexer = await ConnectionMultiplexer.ConnectAsync(RedisConfiguration.Parse(options.Configuration));
            multiplexer.ConnectionFailed += (_, _) => Interrupted();
            multiplexer.ConnectionRestored += (_, _) => Interrupted();
            return multiplexer;
        }
        catch (RedisConnectionException e)
        {
            throw new RedisAwayException(e);
        }
    }

    private void Interrupted()
    {
        _isInterrupted = true;
        Wake();
    }

    private void Wake()
    {
        try
        {
            if (_wake.CurrentCount == 0) _wake.Release();
        }
        catch (Exception e) when (e is SemaphoreFullException or ObjectDisposedException)
        {
            // Somebody else woke it, or nobody need wake it any more.
        }
    }

    [LoggerMessage(8001, LogLevel.Warning, "Redis is away: {Problem}. This process goes on from memory")]
    private partial void Lost(string problem);

    [LoggerMessage(8002, LogLevel.Information, "Redis is there, prefix {Prefix}")]
    private partial void Back(string prefix);

    [LoggerMessage(8003, LogLevel.Error, "Redis refuses {Operation}: {Code}. See that its user may run the commands and touch the keys")]
    private partial void Refused(string operation, string code);

    [LoggerMessage(8004, LogLevel.Warning, "The client of Redis failed at {Operation}")]
    private partial void ClientFailed(Exception exception, string operation);
}

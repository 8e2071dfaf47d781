using System.Diagnostics;
using System.Security.Cryptography;
using Sallyport.Gateway.Telemetry;

namespace Sallyport.Gateway.Keys;

/// <summary>The timer of the ring: at start, at every hint, and every <see cref="KeyRingOptions.Poll"/> it lets its replica take a step.</summary>
internal sealed partial class KeyRotator(
    KeyRingOptions options,
    IKeyReplica replica,
    OwnKeys keys,
    GatewayMetrics metrics,
    IHostEnvironment environment,
    ILogger<KeyRotator> logger) : IHostedService, IDisposable
{
    // A gateway that cannot sign does not start, outside Development; a store that is about to come up is waited for.
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan StartPause = TimeSpan.FromMilliseconds(200);

    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly SemaphoreSlim _turn = new(1, 1);
    private Task? _running;
    private bool _isDisposed;

    /// <exception cref="InvalidOperationException">No signing key can be had: names the place and the mend. Never in Development.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        replica.Listen(Wake);
        metrics.ObserveOwnKeys(replica.Ages);
        if (options.Store == KeyStoreKind.Memory) Ephemeral(replica.Place);
        else if (options.AwsKms is { } kms) Shared($"AWS KMS ({kms.Region}), and the ring of their names in {replica.Place}");
        else Shared(replica.Place);

        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            await StepAsync(cancellationToken);
            if (keys.Current?.Active is not null || replica.IsBeyondWaiting || Stopwatch.GetElapsedTime(started) >= StartTimeout) break;
            await Task.Delay(StartPause, cancellationToken);
        }

        if (keys.Current?.Active is null && !environment.IsDevelopment())
            throw new InvalidOperationException($"There is no key to sign tokens with: {keys.Current?.Problem ?? $"nothing came of {replica.Place}"}. See Sallyport.Issuer.Keys.");
        _running = Task.Run(RunAsync, CancellationToken.None);
    }

    /// <summary>Lets the replica take a step now: somebody came with a key that is not known here yet.</summary>
    /// <exception cref="KeyStoreAwayException">The store was not read.</exception>
    public async Task LookAsync(CancellationToken cancellation)
    {
        await StepAsync(cancellation);
        if (replica.Problem is { } problem) throw new KeyStoreAwayException(problem);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        if (_running is { } running) await Task.WhenAny(running, Task.Delay(StartPause, cancellationToken));
    }

    public void Dispose()
    {
        // As a service of its own and as one that the host keeps, it is disposed of twice.
        if (_isDisposed) return;
        _isDisposed = true;
        _stopping.Cancel();
        _stopping.Dispose();
        _wake.Dispose();
        _turn.Dispose();
    }

    private async Task RunAsync()
    {
        var pause = options.Poll;
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                // Replicas that look at the same moment contend for one lease.
                await _wake.WaitAsync(pause * (1 - (RandomNumberGenerator.GetInt32(100) / 500.0)), _stopping.Token);
                pause = await StepAsync(_stopping.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException && _stopping.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task<TimeSpan> StepAsync(CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            return await replica.StepAsync(cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // Whatever goes wrong: the loop that rotates the keys must not end.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Failed(e);
            return options.Poll;
        }
        finally
        {
            _turn.Release();
        }
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

    [LoggerMessage(9111, LogLevel.Warning, "Signing keys are ephemeral: they are in {Place}, and no other process has them")]
    private partial void Ephemeral(string place);

    [LoggerMessage(9112, LogLevel.Information, "Signing keys are in {Place}")]
    private partial void Shared(string place);

    [LoggerMessage(9113, LogLevel.Error, "The key ring could not be looked at; it is looked at again")]
    private partial void Failed(Exception exception);
}

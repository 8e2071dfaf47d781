using Sallyport.Gateway.Telemetry;

namespace Sallyport.Gateway.Identity;

/// <summary>Keeps <see cref="OwnIdentity"/> filled for as long as the process runs.</summary>
/// <remarks>Where an identity is required the start waits for the first one, but not for ever: an agent that is away keeps nobody from serving, and
/// what must not be done without an identity asks for one itself.</remarks>
internal sealed partial class IdentitySource : IHostedService, IDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IdentityOptions _options;
    private readonly OwnIdentity _own;
    private readonly IIdentityFeed _feed;
    private readonly IdentityIntake _intake;
    private readonly ILogger<IdentitySource> _logger;
    private Task? _running;
    private bool _isDisposed;

    public IdentitySource(IdentityOptions options, OwnIdentity own, IIdentityFeed feed, IdentityIntake intake, TimeProvider clock, ILogger<IdentitySource> logger, GatewayMetrics? metrics = null)
    {
        (_options, _own, _feed, _intake, _logger) = (options, own, feed, intake, logger);
        own.Listen(() => _first.TrySetResult());
        metrics?.ObserveIdentity(() => own.Last is { } last ? Math.Max(0, (last.Svid.NotAfter - clock.GetUtcNow()).TotalSeconds) : null);
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_running is not null) return;
        Begins(_options.Place);
        _running = Task.Run(RunAsync, CancellationToken.None);
        if (_options.Required && !await WaitAsync(StartTimeout, cancellationToken)) StartsWithout(StartTimeout.TotalSeconds, _own.Problem ?? "nothing came");
    }

    /// <summary>Waits for the first identity; false if none came in that time.</summary>
    public async Task<bool> WaitAsync(TimeSpan time, CancellationToken cancellation)
    {
        // Real time: a test that stands still in its own would wait for ever.
        await Task.WhenAny(_first.Task, Task.Delay(time, cancellation));
        cancellation.ThrowIfCancellationRequested();
        return _first.Task.IsCompletedSuccessfully;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        if (_running is { } running) await Task.WhenAny(running, Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken));
    }

    public void Dispose()
    {
        // As a service of its own and as one that the host keeps, it is disposed of twice.
        if (_isDisposed) return;
        _isDisposed = true;
        _stopping.Cancel();
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        var stopping = _stopping.Token;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await _feed.RunAsync(_intake, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Whatever goes wrong: without this loop the identity would end unnoticed.
            catch (Exception e)
#pragma warning restore CA1031
            {
                _own.Fail($"looking for one failed: {e.GetType().Name}");
                Failed(e);
                await Task.WhenAny(Task.Delay(StartTimeout, stopping));
            }
        }
    }

    [LoggerMessage(9211, LogLevel.Information, "The identity of this process comes from {Place}")]
    private partial void Begins(string place);

    [LoggerMessage(9212, LogLevel.Error, "There is no identity after {Seconds} s, though one is required: {Problem}. It is asked for further on")]
    private partial void StartsWithout(double seconds, string problem);

    [LoggerMessage(9213, LogLevel.Error, "Looking for an identity failed; it goes on")]
    private partial void Failed(Exception exception);
}

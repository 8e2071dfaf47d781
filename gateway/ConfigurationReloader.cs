using Microsoft.Extensions.Primitives;
using Sallyport.Gateway.Configuration;
using Sallyport.Gateway.Issuing;
using Sallyport.Gateway.Telemetry;

namespace Sallyport.Gateway;

/// <summary>Takes a changed configuration up, or keeps the running one and says why.</summary>
internal sealed partial class ConfigurationReloader(
    IConfigurationRoot root,
    IHostEnvironment environment,
    RunningConfiguration running,
    TimeProvider clock,
    GatewayMetrics metrics,
    ILogger<ConfigurationReloader> logger) : IHostedService, IDisposable
{
    // Editors write a file in several steps, and several files change together.
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(250);

    private readonly Lock _lock = new();
    private IDisposable? _subscription;
    private ITimer? _timer;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _timer = clock.CreateTimer(_ => Reload(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _subscription = ChangeToken.OnChange(root.GetReloadToken, () => _timer.Change(Settle, Timeout.InfiniteTimeSpan));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _subscription?.Dispose();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _subscription?.Dispose();
        _timer?.Dispose();
    }

    // One at a time: of two that overlap, the one that read the older configuration could be the last to put it in force.
    private void Reload()
    {
        lock (_lock) TakeUp();
    }

    private void TakeUp()
    {
        try
        {
            var before = running.Options;
            var change = root.GetReloadToken();
            var reading = GatewayConfiguration.Read(root, environment.EnvironmentName, environment.ContentRootPath);
            // Half of it may be from before a further change: routes of the one with policies of the other. That change comes here too.
            if (change.HasChanged) return;
            var mistakes = reading.Options is { } options ? running.Apply(options) : reading.Mistakes;
            foreach (var mistake in mistakes) Refused(mistake);
            metrics.Reloaded(mistakes.Count == 0 ? "taken" : "refused");
            if (mistakes.Count == 0) Taken(reading.Options!.Routes.Count, reading.Options.Policies.Count, reading.Options.TrustedIssuers.Count);
            else Kept(mistakes.Count);
            if (mistakes.Count == 0 && before is not null)
                foreach (var section in ChangedInVain(before, reading.Options!))
                    AtNextStart(section);
        }
#pragma warning disable CA1031 // On a timer's thread nothing above could catch it, and the running configuration must go on serving.
        catch (Exception e)
#pragma warning restore CA1031
        {
            metrics.Reloaded("failed");
            Failed(e);
        }
    }

    /// <summary>The sections that are read at the start only.</summary>
    private static IEnumerable<string> ChangedInVain(GatewayOptions before, GatewayOptions after)
    {
        if (before.Redis != after.Redis) yield return "Redis";
        if (before.Revocation != after.Revocation) yield return "Revocation";
        if (!IssuerOptions.HaveSameFixedParts(before.Issuer, after.Issuer)) yield return "Issuer";
        if (before.Identity != after.Identity) yield return "Identity";
        if (before.Admin != after.Admin) yield return "Admin";
        if (before.Telemetry != after.Telemetry) yield return "Telemetry";
        if (before.VerifiedTokens != after.VerifiedTokens) yield return "VerifiedTokens";
    }

    [LoggerMessage(1001, LogLevel.Information, "The changed configuration is in force: {Routes} routes, {Policies} policies, {Issuers} trusted issuers")]
    private partial void Taken(int routes, int policies, int issuers);

    [LoggerMessage(1002, LogLevel.Error, "The changed configuration has a mistake: {Mistake}")]
    private partial void Refused(Mistake mistake);

    [LoggerMessage(1003, LogLevel.Error, "The changed configuration has {Count} mistakes; the running one stays in force")]
    private partial void Kept(int count);

    [LoggerMessage(1004, LogLevel.Error, "The changed configuration could not be read; the running one stays in force")]
    private partial void Failed(Exception exception);

    [LoggerMessage(1005, LogLevel.Warning, "Sallyport:{Section} changed; that takes effect at the next start")]
    private partial void AtNextStart(string section);
}

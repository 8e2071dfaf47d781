namespace Sallyport.Gateway.Trust;

/// <summary>Refreshes keys in the background: those never fetched, and those past their soft expiry.</summary>
internal sealed class KeyRefresher(TrustedIssuers issuers, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Beat, clock);
        do
        {
            if (issuers.Current is not { } model) continue;
            foreach (var issuer in model.Issuers)
                if (issuer.Keys is RemoteKeys remote)
                    remote.RefreshIfDue();
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}

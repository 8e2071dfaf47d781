using Sallyport.Gateway.Identity.Workload;

namespace Sallyport.Gateway.Identity;

/// <summary>Identities from the Workload API: holds a stream open, and calls again when it ends.</summary>
/// <param name="client">Who asks.</param>
/// <param name="wanted">Which identity, where there are several; null for the first.</param>
/// <param name="clock">The clock of identities and pauses.</param>
/// <param name="quickPace">When it is away; from 1 s to 30 s unless told.</param>
/// <param name="slowPace">When it answers that there is nothing for us; from 5 s to 60 s unless told.</param>
internal sealed class WorkloadFeed(WorkloadApiClient client, SpiffeId? wanted, TimeProvider clock, RetryPace? quickPace = null, RetryPace? slowPace = null) : IIdentityFeed
{
    private readonly RetryPace _quick = quickPace ?? new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));
    private readonly RetryPace _slow = slowPace ?? new(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(60));

    public async Task RunAsync(IdentityIntake intake, CancellationToken cancellation)
    {
        while (true)
        {
            var pause = await StreamAsync(intake, cancellation);
            await Task.Delay(pause, clock, cancellation);
        }
    }

    private async Task<TimeSpan> StreamAsync(IdentityIntake intake, CancellationToken cancellation)
    {
        try
        {
            await client.StreamAsync(response => Take(response, intake), cancellation);
            return _quick.Next();
        }
        catch (WorkloadApiException e) when (e.Fault is WorkloadFault.Denied or WorkloadFault.Misunderstood)
        {
            intake.Away($"the Workload API gives no identity: {e.Message}", e.Fault == WorkloadFault.Denied ? "denied" : "misunderstood");
            return _slow.Next();
        }
        catch (WorkloadApiException e)
        {
            intake.Away($"the Workload API gives no identity: {e.Message}", e.Fault == WorkloadFault.Malformed ? "malformed" : "away");
            return _quick.Next();
        }
        catch (RefusedUpdateException e)
        {
            // What was refused may only be early for this machine's clock: it is asked for again, and not only when something changes.
            intake.Refuse($"an update of the Workload API is refused: {e.Message}");
            return _quick.Next();
        }
    }

    private void Take(X509SVIDResponse response, IdentityIntake intake)
    {
        if (!WorkloadUpdate.TryRead(response, wanted, clock.GetUtcNow(), out var snapshot, out var problem)) throw new RefusedUpdateException(problem);
        intake.Take(snapshot);
        _quick.Reset();
        _slow.Reset();
    }

    private sealed class RefusedUpdateException(string message) : Exception(message);
}

namespace Sallyport.Gateway.Identity;

/// <summary>Where identities come from: gives each new one to the intake, and says why when there is none.</summary>
internal interface IIdentityFeed
{
    /// <summary>Runs until it is cancelled.</summary>
    Task RunAsync(IdentityIntake intake, CancellationToken cancellation);
}

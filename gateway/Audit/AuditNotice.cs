namespace Sallyport.Gateway.Audit;

/// <summary>Says once, at the start, that nobody keeps what an issuer records.</summary>
internal sealed partial class AuditNotice(ILogger<AuditNotice> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        NothingKept();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(9031, LogLevel.Warning, "Records of what is issued go to the log, and nothing keeps them: no token can be proven later. See Sallyport.Audit.Sink")]
    private partial void NothingKept();
}

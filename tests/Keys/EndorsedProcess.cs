using Microsoft.Extensions.Logging;
using Sallyport.Gateway.Audit;
using Sallyport.Gateway.Identity;
using Sallyport.Gateway.Keys;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Keys;

/// <summary>A process of the ring with an identity, or still without one, and a log in which its audit can be read.</summary>
internal sealed class EndorsedProcess : IAsyncDisposable
{
    private readonly LogSink _log = new();
    private readonly ILoggerFactory _loggers;

    public EndorsedProcess(IKeyStore store, TimeProvider clock, KeyRingOptions? options = null, EndorsementArchive? archive = null)
    {
        options ??= RingKit.Options;
        _loggers = LoggerFactory.Create(logging => logging.AddProvider(_log));
        Identity = new OwnIdentity(clock);
        Endorser = new KeyEndorser(options, new AuditTrail(_loggers.CreateLogger<AuditTrail>()), Identity, archive);
        Ring = RingProcess.Of(store, options, clock: clock, endorser: Endorser);
    }

    public OwnIdentity Identity { get; }

    public KeyEndorser Endorser { get; }

    public RingProcess Ring { get; }

    public OpenRing Open => Ring.Keys.Current!;

    public KeyRing Known => Ring.Replica.Known!;

    /// <summary>The records of endorsements that were kept.</summary>
    public IReadOnlyList<string> Told => [.. _log.Entries.Select(entry => entry.Message).Where(message => message.Contains("\"key_endorsed\"", StringComparison.Ordinal))];

    public void Has(IssuedSvid issued, SpiffeCa authority, DateTimeOffset now) => Identity.Publish(new IdentitySnapshot(issued.Taken(authority.Bundles, now), authority.Bundles));

    public Task StepAsync() => Ring.StepAsync();

    /// <summary>The endorsement of a key of the ring, read.</summary>
    public Endorsement? Of(RingKey? key) => key?.Endorsement is { } text ? Endorsement.Read(text, out _) : null;

    public async ValueTask DisposeAsync()
    {
        await Ring.DisposeAsync();
        _loggers.Dispose();
    }
}

using Microsoft.Extensions.Logging;
using Sallyport.Gateway.Identity;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Identity;

/// <summary>A feed that runs, and the identity that it fills. In a hurry where a gateway would be patient.</summary>
internal sealed class RunningFeed : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;
    private int _changes;

    private RunningFeed(IIdentityFeed feed, TimeProvider clock)
    {
        Own = new OwnIdentity(clock);
        Own.Listen(() => Interlocked.Increment(ref _changes));
        var factory = LoggerFactory.Create(logging => logging.AddProvider(Logs).SetMinimumLevel(LogLevel.Trace));
        Intake = new IdentityIntake(Own, factory.CreateLogger<IdentityIntake>());
        _running = Task.Run(() => feed.RunAsync(Intake, _stopping.Token));
    }

    public OwnIdentity Own { get; }

    public IdentityIntake Intake { get; }

    public LogSink Logs { get; } = new();

    /// <summary>How many new identities there were.</summary>
    public int Changes => Volatile.Read(ref _changes);

    /// <summary>Base64url SHA-256 of the leaf that is there now.</summary>
    public string? Now => Own.Current?.Svid.CertificateHash;

    public string? Id => Own.Current?.Svid.Id.ToString();

    public static RunningFeed Of(WorkloadApiServer server, string? wanted = null) => OfAddress(server.Address, wanted);

    public static RunningFeed OfAddress(string address, string? wanted = null)
    {
        Assert.True(WorkloadEndpoint.TryParse(address, out var endpoint, out var problem), problem);
        return new RunningFeed(new WorkloadFeed(new WorkloadApiClient(endpoint), Parsed(wanted), TimeProvider.System, Hurry(), Hurry()), TimeProvider.System);
    }

    public static RunningFeed Of(SvidFileNames files, string? wanted = null) =>
        new(new SvidFiles(files, Parsed(wanted), TimeProvider.System, TimeSpan.FromMilliseconds(20)), TimeProvider.System);

    /// <summary>Until this one is there.</summary>
    public Task Takes(IssuedSvid svid)
    {
        var hash = System.Buffers.Text.Base64Url.EncodeToString(System.Security.Cryptography.SHA256.HashData(svid.Chain[0]));
        return Poll.Until(() => Now == hash);
    }

    /// <summary>Until it tells this.</summary>
    public Task Tells(string problem) => Poll.Until(() => Own.Problem?.Contains(problem, StringComparison.Ordinal) is true, what: $"{problem}; instead: {Own.Problem}");

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _running);
    }

    private static SpiffeId? Parsed(string? text) => SpiffeId.TryParse(text, out var id) ? id : null;

    private static RetryPace Hurry() => new(TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(50));
}

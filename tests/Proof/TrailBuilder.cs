using Microsoft.Extensions.Logging.Abstractions;
using Sallyport.Gateway.Audit;
using Sallyport.Gateway.Identity;
using Sallyport.Gateway.Issuing;
using Sallyport.Gateway.Keys;
using Sallyport.Gateway.Proof;
using Sallyport.Gateway.Telemetry;
using Sallyport.Gateway.Tokens;
using Sallyport.Tests.Keys;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Proof;

/// <summary>Makes an archive as a gateway does: by its mint, its trail, its checkpoints and its archives, with real keys and a clock that the test moves.</summary>
internal sealed class TrailBuilder : IAsyncDisposable
{
    public const string Issuer = RingKit.Issuer;

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("sallyport-built-");
    private readonly OwnKeys _keys = new();
    private readonly OwnIdentity _identity;
    private readonly TrailWriter _writer;
    private readonly AuditTrail _audit;
    private readonly GatewayMetrics _metrics = new();
    private readonly TokenMint _mint;
    private readonly bool _isIdentified;

    /// <param name="authority">Who gives the gateway an identity; null for none.</param>
    /// <param name="clock">Its time; one of its own unless told.</param>
    /// <param name="store">Where its trail is; in files of the archive unless told.</param>
    public TrailBuilder(SpiffeCa? authority = null, FakeClock? clock = null, ITrailStore? store = null)
    {
        Clock = clock ?? new FakeClock();
        Authority = authority;
        _isIdentified = authority is not null;
        _identity = new OwnIdentity(Clock);
        _writer = new TrailWriter(store ?? new FileTrail(Folder, Issuer, Clock), NullLogger<TrailWriter>.Instance);
        _audit = new AuditTrail(NullLogger<AuditTrail>.Instance, _writer);
        var options = new IssuerOptions { Issuer = Issuer, Keys = RingKit.Options };
        _mint = new TokenMint(options, _keys, Clock, _metrics, _audit, _identity);
        if (_isIdentified) RenewSvid();
    }

    public FakeClock Clock { get; }

    public SpiffeCa? Authority { get; }

    public string Folder => Path.Combine(_root.FullName, "audit");

    public string TrailFolder => Path.Combine(Folder, "trail");

    public string Checkpoints => Path.Combine(TrailFolder, "checkpoints.jws");

    public IReadOnlyList<string> Days => [.. Directory.GetFiles(TrailFolder, "*.jsonl").Order(StringComparer.Ordinal)];

    public ITokenSigner Key => _keys.Current!.Active!.Key;

    public string KeyFile => KeyFileOf(Key.KeyId);

    /// <summary>The endorsements of the key that signs.</summary>
    public IReadOnlyList<string> Endorsements => Directory.GetFiles(Path.Combine(Folder, "endorsements", KeyName.ThumbprintOf(Key.KeyId)!));

    public TrustBundleFile? Bundle => Authority is null ? null : BundleOf(Authority);

    public string KeyFileOf(string keyId) => Path.Combine(Folder, "keys", KeyName.ThumbprintOf(keyId) + ".json");

    public static TrustBundleFile BundleOf(SpiffeCa authority) => TrustBundleFile.Read(System.Text.Encoding.ASCII.GetBytes(authority.Pem), out _)!;

    public IssuedSvid RenewSvid(string path = "/gateway")
    {
        var issued = Authority!.Issue(path);
        _identity.Publish(new IdentitySnapshot(issued.Taken(Authority.Bundles, Clock.GetUtcNow()), Authority.Bundles));
        return issued;
    }

    /// <summary>A new key signs, and the one before is retired.</summary>
    public async Task<ITokenSigner> RotateAsync(string algorithm = "ES256", SigningKey? key = null)
    {
        if (_isIdentified && _identity.Current is null) RenewSvid();
        key ??= SigningKey.Generate(Algorithm.Find(algorithm)!, 2048);
        var (now, ends) = (Clock.GetUtcNow(), Clock.GetUtcNow().AddDays(1));
        var entry = new RingKey { Public = key.Public, State = KeyState.Active, PreparedAt = now, ActivateAt = now, NotAfter = ends };
        await TellAsync(AuditEvent.KeyPrepared, key.KeyId, ends);
        if (_isIdentified) await EndorseAsync(entry);
        await ActivateAsync(key, entry, ends);
        return key;
    }

    /// <summary>The SVID's own key signs, as in direct mode.</summary>
    public async Task<ITokenSigner> RotateToSvidAsync()
    {
        var svid = _identity.Current!.Svid;
        var signer = SpiffeSigner.Of(svid, out _)!;
        var now = Clock.GetUtcNow();
        var entry = SpiffeRotation.Entry(signer.Public, svid.NotAfter, now, now);
        await TellAsync(AuditEvent.KeyPrepared, signer.KeyId, svid.NotAfter);
        await ActivateAsync(signer, entry, svid.NotAfter);
        return signer;
    }

    /// <summary>The word of our identity for a key, recorded and archived.</summary>
    public async Task EndorseAsync(RingKey entry)
    {
        var endorser = new KeyEndorser(RingKit.Options, _audit, _identity, new EndorsementArchive(Path.Combine(Folder, "endorsements")));
        Assert.Null(await endorser.KeepAsync(entry with { Endorsement = endorser.Endorse(entry, Clock.GetUtcNow()) }, Clock.GetUtcNow(), default));
    }

    public Task TellAsync(string what, string keyId, DateTimeOffset? ends = null, string? reason = null) =>
        RecordAsync(new AuditRecord { Event = what, Time = Clock.GetUtcNow(), Actor = "rotation", KeyId = keyId, Expires = ends, Reason = reason });

    public async Task RecordAsync(AuditRecord record) => await _audit.RecordAsync(record, default);

    public async Task<string> MintAsync(string subject = "billing", string type = "at+jwt")
    {
        Clock.Advance(TimeSpan.FromSeconds(1));
        var request = new MintRequest { Type = type, Subject = subject, Audiences = ["orders"], Lifetime = TimeSpan.FromMinutes(5), Actor = subject, Purpose = "client_credentials" };
        return (await _mint.MintAsync(request, default)).Text;
    }

    /// <summary>A checkpoint over all that is there, by the key that signs.</summary>
    public async Task<string> CheckpointAsync()
    {
        Clock.Advance(TimeSpan.FromSeconds(1));
        var head = await _writer.AppendAsync(_ => [], default);
        var signed = (await new CheckpointSigner(_keys, Clock).SignAsync(CheckpointText.Type, CheckpointText.Payload(Issuer, head, Clock.GetUtcNow()), default))!;
        await RecordAsync(new AuditRecord { Event = AuditEvent.Checkpoint, Time = Clock.GetUtcNow(), KeyId = Key.KeyId, Checkpoint = signed });
        return signed;
    }

    public async Task<ProofReport> VerifyAsync(string? token = null, TrustBundleFile? bundle = null, SpiffeId? expected = null, KeptCheckpoints? kept = null)
    {
        var read = token is null ? null : ReadToken.Read(token, out _, out _);
        Assert.Equal(token is null, read is null);
        return await new AuditProof(Folder, new ProofQuestion { Token = read }, bundle ?? Bundle, expected, kept).RunAsync(default);
    }

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        _writer.Dispose();
        _root.Delete(recursive: true);
    }

    private async Task ActivateAsync(ITokenSigner key, RingKey entry, DateTimeOffset ends)
    {
        var before = _keys.Current?.Active;
        await TellAsync(AuditEvent.KeyActivated, key.KeyId, ends);
        if (before is not null) await TellAsync(AuditEvent.KeyRetired, before.Key.KeyId, before.NotAfter);
        new KeyArchive(Path.Combine(Folder, "keys")).Keep(key.Public.Thumbprint, ArchivedKey.Of(Issuer, entry).ToJson());
        _keys.Publish(new OpenRing(1, new ActiveKey(key, ends), JwkSet.Of(key.Public), Problem: null));
    }
}

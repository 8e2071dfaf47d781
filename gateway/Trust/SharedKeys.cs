using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Sallyport.Gateway.Redis;
using StackExchange.Redis;

namespace Sallyport.Gateway.Trust;

/// <summary>One issuer's place in Redis: the document that the replicas share, and the lease on fetching a newer one.</summary>
/// <remarks>
/// <code>
///   read     clock of Redis, lease, document: one round trip, nothing changed
///   take     a new lease in the place of the very one that was read
///   publish  the document if it is the newest, the end of the lease, the announcement: one script
/// </code>
/// Nothing that lies there is believed without its MAC, and nothing there that is not ours keeps ours from being written.
/// Every method throws <see cref="RedisAwayException"/> when there is no answer in time.
/// </remarks>
internal sealed class SharedKeys(RedisConnection redis, MacKeys keys, TrustedIssuerOptions issuer)
{
    public const string Channel = "jwks";

    private const int MostHeadBytes = 128;
    private const int UnfitBytes = 80;
    private const long MostFutureMilliseconds = 86_400_000;

    private readonly MacKeys _documentKeys = keys.For("jwks document");
    private readonly MacKeys _leaseKeys = keys.For("jwks lease");

    public SharedName Name { get; } = new(redis.Prefix, issuer);

    public bool IsThere => redis.IsThere;

    public int Epoch => redis.Epoch;

    /// <summary>The longest that a request waits for Redis.</summary>
    public TimeSpan Timeout => redis.Timeout;

    /// <param name="known">The version that the reader has.</param>
    /// <param name="bound">The longest that is waited for the answer.</param>
    public async Task<SharedState> ReadAsync(long known, TimeSpan bound)
    {
        var answer = await redis.RunAsync(RedisOperation.ReadKeys, bound, database => database.ScriptEvaluateAsync(
            SharedScripts.Read, [Name.Lease, Name.Document], [known, issuer.Keys.MaxBytes + MostHeadBytes]));
        // Something between us and Redis, or in its place, need not run scripts as Redis does.
        if (answer.Resp2Type != ResultType.Array || answer.Length != 4 || !long.TryParse((string?)answer[0], NumberStyles.None, CultureInfo.InvariantCulture, out var now))
            throw new RedisAwayException("it answers something else than was asked");

        // Bytes: what somebody else put there need be no text.
        var leaseText = (byte[]?)answer[1] ?? [];
        var lease = SharedLease.Read(Encoding.UTF8.GetString(leaseText), _leaseKeys, Name);
        var bytes = (byte[]?)answer[2] ?? [];
        if (bytes is [])
        {
            // An older one than ours was put there by somebody else, or by a Redis that lost what it had.
            var isStored = known > 0 && long.TryParse((string?)answer[3], NumberStyles.None, CultureInfo.InvariantCulture, out var stored) && stored == known;
            return new SharedState(now, lease, leaseText, Newer: null, isStored ? known : null, Unfit: null);
        }

        var document = SharedDocument.Read(bytes, _documentKeys, Name);
        return document is null
            ? new SharedState(now, lease, leaseText, Newer: null, Stored: null, Unfit: bytes[..Math.Min(bytes.Length, UnfitBytes)])
            : new SharedState(now, lease, leaseText, document, Stored: null, Unfit: null);
    }

    /// <summary>The lease of an attempt that begins now, not taken yet.</summary>
    /// <param name="seen">What was read.</param>
    /// <param name="known">The version that the reader has.</param>
    public SharedLease LeaseAfter(SharedState seen, long known)
    {
        var fence = Math.Max(seen.Now, known + 1);
        if (seen.Lease is { } last) fence = Math.Max(fence, last.Fence + 1);
        if ((seen.Newer?.Version ?? seen.Stored) is { } stored) fence = Math.Max(fence, stored + 1);
        return new SharedLease(seen.Now, fence, RandomNumberGenerator.GetHexString(32, lowercase: true), LeaseState.Busy, (long)issuer.Keys.Timeout.TotalMilliseconds);
    }

    /// <summary>Takes the lease if everything still lies as it was read.</summary>
    /// <param name="lease">What <see cref="LeaseAfter"/> made.</param>
    /// <param name="seen">What was read.</param>
    /// <param name="known">The version that the reader has.</param>
    /// <param name="bound">The longest that is waited for the answer. Without one the lease may have been taken all the same.</param>
    /// <returns>False when somebody else was first.</returns>
    public async Task<bool> TryTakeAsync(SharedLease lease, SharedState seen, long known, TimeSpan bound) =>
        (string?)await redis.RunAsync(RedisOperation.TakeLease, bound, database => database.ScriptEvaluateAsync(
            SharedScripts.Take,
            [Name.Lease, Name.Document],
            [seen.LeaseText, lease.ToText(_leaseKeys, Name), LifeMilliseconds, seen.Unfit is null ? Math.Max(known, seen.Newer?.Version ?? 0) : ""])) == "1";

    /// <summary>Puts a document in its place, unless a newer one lies there, ends the lease and tells everybody.</summary>
    /// <param name="lease">The attempt that brought it.</param>
    /// <param name="document">Its version is the lease's fence.</param>
    /// <param name="isVain">Whether the key that was asked for did not come: the lease then stands for the cooldown.</param>
    /// <param name="seen">What lay there when the lease was taken.</param>
    /// <returns>False when a newer document lies there: the attempt took longer than its lease.</returns>
    public Task<bool> PublishAsync(SharedLease lease, SharedDocument document, bool isVain, SharedState seen) => EndAsync(
        RedisOperation.PublishKeys, lease, isVain ? LeaseState.Vain : null, document, seen);

    /// <summary>Ends the lease of an attempt that failed, and tells those who wait for it.</summary>
    public Task FailAsync(SharedLease lease, SharedState seen) => EndAsync(RedisOperation.EndLease, lease, LeaseState.Failed, document: null, seen);

    /// <summary>Gives a lease back under which nobody was asked.</summary>
    public Task ReleaseAsync(SharedLease lease, SharedState seen) => EndAsync(RedisOperation.EndLease, lease, state: null, document: null, seen);

    private async Task<bool> EndAsync(string operation, SharedLease lease, LeaseState? state, SharedDocument? document, SharedState seen)
    {
        RedisValue[] values =
        [
            lease.ToText(_leaseKeys, Name),
            state is { } end ? (lease with { State = end }).ToText(_leaseKeys, Name) : "",
            LifeMilliseconds,
            document?.ToBytes(_documentKeys, Name) ?? [],
            document?.Version ?? 0,
            document is null ? 0 : Math.Max(1, document.HardExpiry - document.FetchedAt),
            seen.Now + MostFutureMilliseconds,
            seen.Unfit ?? [],
            redis.Prefix + Channel,
            string.Create(CultureInfo.InvariantCulture, $"{Name.Id}:{document?.Version ?? 0}"),
        ];
        return (string?)await redis.RunAsync(operation, RedisConnection.BackgroundTimeout, database => database.ScriptEvaluateAsync(
            SharedScripts.End, [Name.Lease, Name.Document], values)) == "1";
    }

    // As long as the most patient reader looks back, and no attempt is forgotten while it runs.
    private long LifeMilliseconds => (long)Math.Max(issuer.Keys.Cooldown.TotalMilliseconds * 2, issuer.Keys.Timeout.TotalMilliseconds + 2_000);
}

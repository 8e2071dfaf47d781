using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using Sallyport.Gateway.Audit;
using Sallyport.Gateway.Keys;
using Sallyport.Gateway.Tokens;

namespace Sallyport.Tests.Keys;

/// <summary>Rings and their parts, made for a test.</summary>
internal static class RingKit
{
    public const string Issuer = "https://gateway.example.com";

    public static readonly DateTimeOffset Start = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public static readonly KeyRingOptions Options = new()
    {
        Issuer = Issuer,
        Store = KeyStoreKind.Memory,
        Life = TimeSpan.FromHours(24),
        JwksMaxAge = TimeSpan.FromMinutes(5),
        Poll = TimeSpan.FromSeconds(5),
    };

    public static readonly KeyEncryptionKeys Secrets = KeyEncryptionKeys.Of(RandomNumberGenerator.GetBytes(32));

    public static readonly KeySealing Sealing = new(Secrets, Issuer);

    public static IKeyMaker Maker(KeyRingOptions options) => new LocalKeyMaker(Sealing, options);

    /// <summary>A ring as the replicas of a fleet make it: empty, with drafts of it.</summary>
    public static RingDraft Draft(KeyRing ring, DateTimeOffset now, KeyRingOptions? options = null, string actor = "rotation") => new(ring, now, actor, options ?? Options, Maker(options ?? Options), new AuditTrail(NullLogger<AuditTrail>.Instance));

    /// <summary>What becomes of a ring when somebody looks at it at that time.</summary>
    public static KeyRing Rotated(KeyRing ring, DateTimeOffset now, KeyRingOptions? options = null)
    {
        var draft = Draft(ring, now, options);
        var rotation = draft.RotateAsync(default);
        Assert.True(rotation.IsCompletedSuccessfully, "Keys that are made in this process are waited for.");
        return draft.Ring with { Epoch = ring.Epoch + (draft.IsChanged ? 1 : 0) };
    }

    public static RingKey Prepared(DateTimeOffset preparedAt, DateTimeOffset activateAt, string algorithm = "ES256", bool isByOperator = false)
    {
        using var key = SigningKey.Generate(Algorithm.Find(algorithm)!, 2048);
        return new RingKey
        {
            Public = key.Public,
            State = KeyState.Prepared,
            PreparedAt = preparedAt,
            ActivateAt = activateAt,
            NotAfter = activateAt + Options.Life,
            IsByOperator = isByOperator,
            Sealed = Sealing.Seal(key.KeyId, key.Export()),
        };
    }
}

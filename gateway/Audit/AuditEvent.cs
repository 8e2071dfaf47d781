namespace Sallyport.Gateway.Audit;

/// <summary>The words of <see cref="AuditRecord.Event"/>.</summary>
internal static class AuditEvent
{
    public const string TokenMinted = "token_minted";
    public const string TokenRefused = "token_refused";
    public const string KeyGenerated = "key_generated";
    public const string KeyPrepared = "key_prepared";
    public const string KeyActivated = "key_activated";
    public const string KeyRetired = "key_retired";
    public const string KeyRevoked = "key_revoked";
    public const string KeyDropped = "key_dropped";
    /// <summary>The store had lost something that a replica knew, which wrote it back.</summary>
    public const string KeysRestored = "keys_restored";
    public const string KeysResealed = "keys_resealed";
    /// <summary>The ring is about to be changed: what follows is lost only if the process ends between the two.</summary>
    public const string KeysChanging = "keys_changing";
    public const string KeyEndorsed = "key_endorsed";
    public const string TokensRevoked = "tokens_revoked";
    public const string Attested = "attested";
    public const string TrailStarted = "trail_started";
    /// <summary>What a crash had left of a line was cut off.</summary>
    public const string TrailCut = "trail_cut";
    public const string Checkpoint = "checkpoint";
}

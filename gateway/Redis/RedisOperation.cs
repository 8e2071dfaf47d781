namespace Sallyport.Gateway.Redis;

/// <summary>Names of what is asked of Redis: labels of metrics and logs.</summary>
internal static class RedisOperation
{
    public const string Ping = "ping";
    public const string Subscribe = "subscribe";
    public const string ReadKeys = "keys_read";
    public const string TakeLease = "lease_take";
    public const string EndLease = "lease_end";
    public const string PublishKeys = "keys_publish";
    public const string Revoke = "revoke";
    public const string ReadRevocations = "revocations_read";
    public const string ReadRing = "ring_read";
    public const string LeaseRing = "ring_lease";
    public const string WriteRing = "ring_write";
    public const string ShareSvidKeys = "svid_keys_share";
    public const string AppendAudit = "audit_append";
    public const string ReadAudit = "audit_read";
    public const string UseAssertion = "assertion_use";
}

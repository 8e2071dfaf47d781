using Sallyport.Gateway.Redis;

namespace Sallyport.Gateway.Trust;

/// <summary>What the replicas share keys by.</summary>
internal sealed record KeySharing(RedisConnection Redis, MacKeys MacKeys, KeyAnnouncements Announcements);

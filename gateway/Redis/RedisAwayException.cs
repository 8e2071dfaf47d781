namespace Sallyport.Gateway.Redis;

/// <summary>Redis did not answer, or not with what was asked for. Whoever catches it goes on from memory.</summary>
internal sealed class RedisAwayException(string message, Exception? inner = null) : Exception(message, inner);

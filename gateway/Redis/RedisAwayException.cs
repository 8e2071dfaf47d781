using StackExchange.Redis;

namespace Sallyport.Gateway.Redis;

/// <summary>Redis did not answer, or not with what was asked for. Whoever catches it goes on from memory.</summary>
internal sealed class RedisAwayException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Of a failure of the client, whose own messages tell of its inside at length.</summary>
    public RedisAwayException(RedisConnectionException failure)
        : this(Describe(failure), failure)
    {
    }

    private static string Describe(RedisConnectionException failure) => failure.FailureType switch
    {
        ConnectionFailureType.AuthenticationFailure => "it refuses the user or the password",
        ConnectionFailureType.UnableToResolvePhysicalConnection or ConnectionFailureType.UnableToConnect => "it cannot be reached",
        ConnectionFailureType.SocketClosed or ConnectionFailureType.SocketFailure => "the connection broke",
        ConnectionFailureType.Loading => "it is loading its data",
        _ => $"no connection ({failure.FailureType})",
    };
}

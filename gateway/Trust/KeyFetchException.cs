namespace Sallyport.Gateway.Trust;

/// <summary>A fetch of keys that failed, in words for the log and a code for the metric.</summary>
/// <param name="outcome">One of a fixed list: <c>timeout</c>, <c>unreachable</c>, <c>status</c>, <c>too_large</c>, <c>malformed</c>,
/// <c>no_keys</c>, <c>redirect</c>, <c>insecure</c>, <c>issuer_mismatch</c>.</param>
/// <param name="message">What happened, with the address.</param>
/// <param name="inner">The cause.</param>
internal sealed class KeyFetchException(string outcome, string message, Exception? inner = null) : Exception(message, inner)
{
    public string Outcome { get; } = outcome;
}

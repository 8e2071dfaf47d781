namespace Sallyport.Gateway.Keys;

/// <summary>A key that should be able to sign could not: its service is away, or refuses. What was to be signed may be tried again later.</summary>
internal sealed class SigningFailedException(string message, Exception? inner = null) : Exception(message, inner);

namespace Sallyport.Gateway.Issuing;

/// <summary>There is no key to sign with now: an outage, answered with 503.</summary>
internal sealed class SigningUnavailableException(string message) : Exception(message);

namespace Sallyport.Gateway.Verification;

/// <summary>No configuration of trust is in force: nothing can be verified, so nothing passes. Answered with 503.</summary>
internal sealed class NotInitialisedException() : Exception("No trusted issuers are in force yet.");

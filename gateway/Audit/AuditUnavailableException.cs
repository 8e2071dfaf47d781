namespace Sallyport.Gateway.Audit;

/// <summary>The audit trail cannot be written. What was to be recorded must not be done: whoever asked gets 503.</summary>
internal sealed class AuditUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

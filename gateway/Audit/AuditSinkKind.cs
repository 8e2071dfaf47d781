namespace Sallyport.Gateway.Audit;

/// <summary>Where records go: <c>Sallyport:Audit:Sink</c>.</summary>
internal enum AuditSinkKind
{
    /// <summary>Lines of JSON in the log: nothing is durable, and nothing is chained.</summary>
    Log,

    /// <summary>Files of one machine.</summary>
    File,

    /// <summary>A stream that all replicas share.</summary>
    Redis,
}

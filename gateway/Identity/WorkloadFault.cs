namespace Sallyport.Gateway.Identity;

/// <summary>Why the Workload API gives no identity.</summary>
internal enum WorkloadFault
{
    /// <summary>It cannot be reached, is busy, or broke off.</summary>
    Away,

    /// <summary>It knows no identity for this process (PermissionDenied).</summary>
    Denied,

    /// <summary>It does not understand what it was asked: another kind of server, or a proxy that takes headers away (InvalidArgument, Unimplemented).</summary>
    Misunderstood,

    /// <summary>What it sent is not what the specification says.</summary>
    Malformed,
}

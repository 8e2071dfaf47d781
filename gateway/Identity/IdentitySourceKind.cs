namespace Sallyport.Gateway.Identity;

/// <summary>Where this process's identity comes from.</summary>
internal enum IdentitySourceKind
{
    /// <summary>An agent on this machine, by the SPIFFE Workload API.</summary>
    WorkloadApi,

    /// <summary>Files that somebody else keeps new, such as spiffe-helper.</summary>
    Files,
}

namespace Sallyport.Gateway.Keys;

/// <summary>What became of an attempt to change the ring.</summary>
internal enum RingOutcomeKind
{
    Written,

    /// <summary>There was nothing to change.</summary>
    Unchanged,

    /// <summary>Another attempt has the lease, or was faster: look again soon.</summary>
    Busy,

    /// <summary>It must not be: see the problem.</summary>
    Refused,
}

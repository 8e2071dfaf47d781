namespace Sallyport.Gateway.Attestation;

/// <summary>What became of one link of a proof.</summary>
internal enum LinkState
{
    Proven,

    /// <summary>It was looked at, and does not hold.</summary>
    Failed,

    /// <summary>What would be needed to look at it is not there. Never as good as proven.</summary>
    Unverifiable,
}

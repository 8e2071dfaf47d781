namespace Sallyport.Gateway.Admin;

/// <summary>What the health of one issuer's keys is.</summary>
internal enum KeyState
{
    /// <summary>Keys serve, and nothing is wrong with them.</summary>
    Usable,

    /// <summary>Keys serve, but are past their soft expiry because the last refresh failed.</summary>
    Stale,

    /// <summary>No key serves.</summary>
    Unusable,
}

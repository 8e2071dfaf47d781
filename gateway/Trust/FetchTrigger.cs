namespace Sallyport.Gateway.Trust;

/// <summary>What made a fetch of keys begin.</summary>
internal enum FetchTrigger
{
    /// <summary>There was no set yet.</summary>
    Cold,

    /// <summary>A token named a key that the set does not hold.</summary>
    UnknownKid,

    /// <summary>The set was past its soft expiry.</summary>
    SoftExpiry,

    /// <summary>The set was past its hard expiry.</summary>
    HardExpiry,

    /// <summary>The set was fetched while Redis was away: the replicas agree on one again.</summary>
    Unshared,

    /// <summary>An operator asked for it.</summary>
    Operator,
}

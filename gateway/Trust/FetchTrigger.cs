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
}

namespace Sallyport.LoadTests.Soak;

/// <summary>What befalls the fleet of a soak.</summary>
internal enum SoakEvent
{
    /// <summary>The issuer publishes a key that it does not sign with yet.</summary>
    KeyPublished,

    /// <summary>It signs with that key.</summary>
    KeyUsed,

    /// <summary>The gateways' own ring gets its next key.</summary>
    RingPrepared,

    /// <summary>That key signs.</summary>
    RingActivated,

    IssuerHangs,

    IssuerFails,

    IssuerBack,

    /// <summary>Connections stay, and nobody answers.</summary>
    RedisFrozen,

    RedisThawed,

    /// <summary>It ends at once, and what it held is gone.</summary>
    RedisKilled,

    /// <summary>Empty.</summary>
    RedisBack,

    /// <summary>Each gateway is made to collect all garbage, and what it holds then is looked at.</summary>
    Collected,
}

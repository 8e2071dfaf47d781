namespace Sallyport.Gateway.Trust;

/// <summary>How an attempt to fetch keys stands.</summary>
internal enum LeaseState
{
    /// <summary>Under way.</summary>
    Busy,

    /// <summary>The issuer answered, without the key that was asked for.</summary>
    Vain,

    /// <summary>The issuer could not be asked.</summary>
    Failed,
}

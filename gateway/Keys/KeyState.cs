namespace Sallyport.Gateway.Keys;

/// <summary>Where a key of our own stands. It only ever moves down this list.</summary>
internal enum KeyState
{
    /// <summary>Published, so that verifiers know it before it signs. Signs nothing.</summary>
    Prepared,

    /// <summary>The one key that signs.</summary>
    Active,

    /// <summary>Published until the last token that it signed has expired. Signs nothing.</summary>
    Retired,

    /// <summary>Believed no longer, from any state. Its name is kept so that it cannot come back.</summary>
    Revoked,
}

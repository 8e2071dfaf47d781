namespace Sallyport.Gateway.Keys;

/// <summary>What the ring needs next.</summary>
internal enum KeyActionKind
{
    Nothing,

    /// <summary>A new key, which signs later.</summary>
    Prepare,

    /// <summary>A new key, which signs at once: there is no other.</summary>
    Issue,

    /// <summary>The prepared key signs from now on.</summary>
    Activate,

    /// <summary>Our identity vouches for a key that none vouches for any more, or not for much longer.</summary>
    Endorse,

    /// <summary>A key that nobody needs leaves the ring.</summary>
    Drop,
}

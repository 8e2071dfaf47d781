namespace Sallyport.Gateway.Trust;

/// <summary>What asking for newer keys came to.</summary>
internal enum RefreshOutcome
{
    /// <summary>The issuer answered this replica, or another one that this one waited for.</summary>
    Fetched,

    /// <summary>It was asked, and did not answer.</summary>
    Failed,

    /// <summary>It was not asked: the last attempt was too short a time ago.</summary>
    Cooling,
}

namespace Sallyport.Gateway.Keys;

/// <summary>Why AWS KMS did not do what it was asked.</summary>
internal enum KmsFault
{
    /// <summary>Not reached, not in time, or in trouble of its own.</summary>
    Away,

    /// <summary>More requests than the account may make.</summary>
    Throttled,

    /// <summary>More requests at once than this process makes.</summary>
    Busy,

    /// <summary>No credentials, or none that may do this.</summary>
    Denied,

    /// <summary>There is such an alias already.</summary>
    Taken,

    /// <summary>There is no such key or alias.</summary>
    NotFound,

    /// <summary>The key is there and cannot be used: disabled, or about to be deleted.</summary>
    Unusable,

    /// <summary>The key is another one than was meant.</summary>
    Foreign,

    /// <summary>An answer that is none, or one that nobody expects.</summary>
    Garbage,
}

namespace Sallyport.Gateway.Admin;

/// <summary>Whether our own identity holds.</summary>
internal enum IdentityState
{
    /// <summary>It holds, and is young enough.</summary>
    Good,

    /// <summary>It holds, but two thirds of its life are over and no newer one came.</summary>
    Overdue,

    /// <summary>It has ended, and no newer one came.</summary>
    Ended,

    /// <summary>There never was one.</summary>
    None,
}

namespace Sallyport.Gateway.Keys;

/// <summary>AWS KMS did not do what it was asked. The message is a clause that names neither credentials nor what was sent.</summary>
/// <remarks>Without the client's own exception: its text may repeat the request, with the session token in it.</remarks>
internal sealed class KmsException(KmsFault fault, string message) : Exception(message)
{
    public KmsFault Fault => fault;

    /// <summary>Whether KMS itself says that this key is not to be had; anything else may pass by itself.</summary>
    public bool IsDefinite => fault is KmsFault.Denied or KmsFault.NotFound or KmsFault.Unusable or KmsFault.Foreign;
}

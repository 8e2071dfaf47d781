namespace Sallyport.Tests.Support;

/// <summary>What stands between client and upstream: forwarding is right when a request fares the same through each.</summary>
public enum Door
{
    /// <summary>Kestrel and YARP with nothing else: the measure.</summary>
    BareYarp,
}

namespace Sallyport.Tests.Support;

/// <summary>What stands between client and upstream: forwarding is right when a request fares the same through each.</summary>
public enum Door
{
    /// <summary>Kestrel and YARP with nothing else: the measure.</summary>
    BareYarp,

    /// <summary>The gateway, on a route whose policy asks for a token; the client sends a good one.</summary>
    Gateway,
}

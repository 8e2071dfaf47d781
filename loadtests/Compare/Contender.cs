namespace Sallyport.LoadTests.Compare;

/// <summary>A proxy of the comparison: a process, or a family of them, of its own.</summary>
internal enum Contender
{
    Bare,
    Gateway,

    /// <summary>A gateway whose upstream gets assertions.</summary>
    AssertingGateway,

    /// <summary>A gateway that gets no token twice.</summary>
    GatewayOfNewTokens,
    Stock,
    HaProxy,
    Nginx,
}

using Sallyport.Gateway.Issuing;
using Sallyport.Gateway.Trust;
using Sallyport.Policies;

namespace Sallyport.Gateway.Proxy;

/// <summary>What one route asks for and forwards, compiled when its configuration loads.</summary>
/// <param name="RouteId">The route's name.</param>
/// <param name="Requirement">Who may pass.</param>
/// <param name="Trust">Whose tokens are believed: path, policy and trust of one configuration belong together.</param>
/// <param name="KeepToken">Whether the upstream gets the client's token.</param>
/// <param name="CloseOnExpiry">Whether a request that outlives its token is ended.</param>
/// <param name="Folding">Which headers of the client are stripped.</param>
/// <param name="Projection">Which headers the upstream gets.</param>
/// <param name="Assertion">The assertion that the upstream gets of a caller with a token; null for none.</param>
internal sealed record RouteRequirement(
    string RouteId,
    Requirement Requirement,
    TrustModel Trust,
    bool KeepToken,
    bool CloseOnExpiry,
    HeaderFolding Folding,
    HeaderProjection Projection,
    AssertionAudience? Assertion = null);

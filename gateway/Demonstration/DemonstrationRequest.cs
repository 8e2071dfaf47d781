namespace Sallyport.Gateway.Demonstration;

/// <summary>One request to try.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="Path">Path and query at the gateway.</param>
/// <param name="Claims">Claims of the token that the gateway signs for it; null for a request without a token.</param>
internal sealed record DemonstrationRequest(string Title, string Path, IReadOnlyDictionary<string, string>? Claims);

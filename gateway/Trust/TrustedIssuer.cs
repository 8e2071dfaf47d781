using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway.Trust;

/// <summary>An issuer whose tokens are accepted: what it may sign with, and its keys.</summary>
internal sealed class TrustedIssuer(TrustedIssuerOptions options, IReadOnlyList<Algorithm> algorithms, IIssuerKeys keys)
{
    public TrustedIssuerOptions Options { get; } = options;

    public string Name => Options.Name;

    /// <summary>The algorithms that the configuration lists; a key narrows them further.</summary>
    public IReadOnlyList<Algorithm> Algorithms { get; } = algorithms;

    public IIssuerKeys Keys { get; } = keys;
}

namespace Sallyport.Gateway.Identity;

/// <summary>Who we are, and who vouches for whom, as one update gave it. Does not change.</summary>
/// <param name="Svid">Our own.</param>
/// <param name="Bundles">Of our own trust domain, and of those that it federates with.</param>
internal sealed record IdentitySnapshot(X509Svid Svid, TrustBundles Bundles);

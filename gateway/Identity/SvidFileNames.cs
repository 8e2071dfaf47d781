namespace Sallyport.Gateway.Identity;

/// <summary>Three PEM files (RFC 7468), by full path.</summary>
/// <param name="Certificate">The chain, the leaf first.</param>
/// <param name="Key">The private key: one <c>PRIVATE KEY</c> (PKCS #8), not encrypted.</param>
/// <param name="Bundle">The authorities of the SVID's own trust domain, and of no other.</param>
internal sealed record SvidFileNames(string Certificate, string Key, string Bundle);

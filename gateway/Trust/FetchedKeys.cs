using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway.Trust;

/// <summary>What a fetch brought.</summary>
/// <param name="Keys">At least one usable key.</param>
/// <param name="Document">The JWK Set as it was answered.</param>
/// <param name="Address">Where the set came from, discovery done.</param>
/// <param name="MaxAge">The answer's <c>Cache-Control: max-age</c> (RFC 9111 section 5.2.2.1), if it had one.</param>
internal sealed record FetchedKeys(JwkSet Keys, byte[] Document, Uri Address, TimeSpan? MaxAge);

namespace Sallyport.Gateway.Revocation;

/// <summary>What a revocation names. The numbers are stored.</summary>
internal enum RevocationKind : byte
{
    /// <summary>The one token of a <c>jti</c> (RFC 7519 section 4.1.7).</summary>
    TokenId = 1,

    /// <summary>The tokens of a <c>sub</c> that were issued before a moment.</summary>
    Subject = 2,

    /// <summary>Every token that a key verified, the key named by its <c>kid</c> or its RFC 7638 thumbprint.</summary>
    Key = 3,

    /// <summary>All tokens of the issuer that were issued before a moment.</summary>
    Issuer = 4,
}

namespace Sallyport.Gateway.Trust;

/// <summary>Where the keys of a trusted issuer come from. An issuer has exactly one source.</summary>
internal enum KeySourceKind
{
    /// <summary>None named: the issuer's discovery document, or, where that answers 404, <c>{issuer}/.well-known/jwks.json</c>.</summary>
    Derived,

    /// <summary>A JWK Set at a fixed address (RFC 7517 section 5).</summary>
    JwksUri,

    /// <summary>The <c>jwks_uri</c> of the discovery document: OpenID Connect Discovery 1.0, then RFC 8414.</summary>
    Discovery,

    /// <summary>A JWK Set in the configuration itself.</summary>
    Inline,

    /// <summary>Public keys or certificates in PEM files.</summary>
    PemFile,

    /// <summary>A shared secret of 32 bytes or more, for HS256 only.</summary>
    Secret,

    /// <summary>Our own key ring: the issuer is ourselves.</summary>
    Own,
}

namespace Sallyport.Gateway.Tokens;

/// <summary>The family of a key: the <c>kty</c> member of a JWK (RFC 7518, section 6.1; RFC 8037, section 2).</summary>
internal enum KeyType
{
    /// <summary><c>EC</c>: a point on a NIST curve.</summary>
    Ec,

    /// <summary><c>RSA</c>: modulus and exponent.</summary>
    Rsa,

    /// <summary><c>OKP</c>: an octet key pair, here Ed25519 only.</summary>
    Okp,

    /// <summary><c>oct</c>: a shared secret; never read from a JWK Set.</summary>
    Octets,
}

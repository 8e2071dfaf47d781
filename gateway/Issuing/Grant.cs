namespace Sallyport.Gateway.Issuing;

/// <summary>How a client gets a token: the <c>grant_type</c> of the token endpoint.</summary>
internal enum Grant
{
    /// <summary><c>client_credentials</c>, RFC 6749 section 4.4.</summary>
    ClientCredentials,

    /// <summary><c>urn:ietf:params:oauth:grant-type:token-exchange</c>, RFC 8693.</summary>
    TokenExchange,
}

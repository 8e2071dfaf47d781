namespace Sallyport.Gateway.Issuing;

/// <summary>Where the issuer's endpoints are: made of the configured identifier, and of nothing that a request says.</summary>
internal sealed class IssuerAddresses
{
    /// <param name="issuer">The issuer identifier: scheme, host, perhaps a path; no slash at its end.</param>
    public IssuerAddresses(string issuer)
    {
        var path = new Uri(issuer).AbsolutePath.TrimEnd('/');
        // OpenID Connect Discovery 1.0 section 4 puts it behind the path, RFC 8414 section 3 before it.
        OpenIdConfigurationPath = path + "/.well-known/openid-configuration";
        AuthorizationServerPath = "/.well-known/oauth-authorization-server" + path;
        JwksPath = path + "/.well-known/jwks.json";
        EndorsementsPath = path + "/.well-known/key-endorsements.json";
        TokenPath = path + "/oauth/token";
        JwksUri = issuer + JwksPath[path.Length..];
        TokenEndpoint = issuer + TokenPath[path.Length..];
    }

    public string OpenIdConfigurationPath { get; }

    public string AuthorizationServerPath { get; }

    public string JwksPath { get; }

    public string EndorsementsPath { get; }

    public string TokenPath { get; }

    /// <summary>All five.</summary>
    public IReadOnlyList<string> Paths => [OpenIdConfigurationPath, AuthorizationServerPath, JwksPath, EndorsementsPath, TokenPath];

    /// <summary>The <c>jwks_uri</c>.</summary>
    public string JwksUri { get; }

    /// <summary>The <c>token_endpoint</c>.</summary>
    public string TokenEndpoint { get; }
}

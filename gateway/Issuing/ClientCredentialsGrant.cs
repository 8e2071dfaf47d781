namespace Sallyport.Gateway.Issuing;

/// <summary><c>client_credentials</c> (RFC 6749 section 4.4): a token for the client itself.</summary>
internal sealed class ClientCredentialsGrant(IssuerOptions options)
{
    public const string Name = "client_credentials";

    public TokenGrant Decide(Client client, FormBody form)
    {
        // A federated token is made of the claims of a subject; here there is none.
        var audiencesAllowed = client.Options.Audiences.Where(audience => !options.Federation.Any(federation => federation.Audience == audience)).ToList();
        if (TokenTargets.Audiences(form, audiencesAllowed, out var audiences) is { } badTarget) return badTarget;
        if (TokenTargets.Scopes(form, client.Options.Scopes, out var scopes) is { } badScope) return badScope;
        return new TokenGrant
        {
            Request = new MintRequest
            {
                Type = AccessToken.Type,
                Subject = client.Id,
                Audiences = audiences,
                Lifetime = AccessToken.LifetimeOf(client, options),
                WriteClaims = writer => AccessToken.WriteClaims(writer, client, scopes),
                Actor = client.Id,
                Purpose = Name,
            },
            Scopes = scopes,
            IsBearer = true,
        };
    }
}

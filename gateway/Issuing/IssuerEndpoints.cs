namespace Sallyport.Gateway.Issuing;

/// <summary>Puts the issuer's endpoints before the proxied routes: open to all, whatever the host, and never forwarded.</summary>
internal sealed class IssuerEndpoints(IssuerOptions options, MetadataEndpoint metadata, JwksEndpoint jwks, EndorsementsEndpoint endorsements, TokenEndpoint token)
{
    public void Map(IEndpointRouteBuilder endpoints)
    {
        var addresses = new IssuerAddresses(options.Issuer);
        Map(addresses.OpenIdConfigurationPath, metadata.AnswerAsync);
        Map(addresses.AuthorizationServerPath, metadata.AnswerAsync);
        Map(addresses.JwksPath, jwks.AnswerAsync);
        Map(addresses.EndorsementsPath, endorsements.AnswerAsync);
        Map(addresses.TokenPath, token.AnswerAsync);

        // Every method, and before every route however it is ordered: what is not answered here is refused here.
        void Map(string path, RequestDelegate answer) => endpoints.Map(path, answer).WithOrder(int.MinValue);
    }
}

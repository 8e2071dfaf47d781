using System.Text.Json.Nodes;
using Sallyport.Gateway.Issuing;
using Sallyport.Tests.Issuing;

namespace Sallyport.Tests.Federation;

/// <summary>A gateway that mints for AWS by token exchange, with an STS beside it. Subjects are those of <see cref="House"/>.</summary>
/// <remarks>Audiences: <c>sts.amazonaws.com</c> with the tag tenant, and <c>sts-check</c> with another tag only, both registered.</remarks>
internal sealed class FederationHouse : IAsyncDisposable
{
    private FederationHouse(IssuingHouse house)
    {
        House = house;
        Sts = new StsPlayer(house.Client, IssuingHouse.Issuer, OwnIssuer.Audience, "sts-check");
    }

    public IssuingHouse House { get; }

    public StsPlayer Sts { get; }

    public static async Task<FederationHouse> OpenAsync(string algorithm = "ES256") => new(await IssuingHouse.OpenAsync(
        json =>
        {
            var issuer = json["Sallyport"]!["Issuer"]!;
            issuer["Federation"] = JsonNode.Parse("""
                {
                  "sts.amazonaws.com": { "Tags": { "tenant": { "Claim": "org_id", "StripPrefix": "org-", "LowerCase": true, "Transitive": true } } },
                  "sts-check": { "Tags": { "check": { "Claim": "org_id" } } }
                }
                """);
            foreach (var audience in (string[])[OwnIssuer.Audience, "sts-check"]) issuer["Clients"]!["billing"]!["Audiences"]!.AsArray().Add(audience);
        },
        algorithm: algorithm));

    /// <summary>Exchanges a caller's token.</summary>
    public Task<TokenAnswer> Exchange(Action<JsonObject>? edit = null, params string[] audiences) => House.Ask(
        "billing",
        [
            "grant_type=" + TokenExchangeGrant.Name,
            "subject_token_type=" + TokenExchangeGrant.AccessTokenType,
            "subject_token=" + House.House.Token(claims =>
            {
                claims["sub"] = "alice@example.com";
                edit?.Invoke(claims);
            }),
            .. (audiences.Length > 0 ? audiences : [OwnIssuer.Audience]).Select(audience => "audience=" + audience),
        ]);

    public async Task<string> TokenOf(string tenant, string audience = OwnIssuer.Audience) => (await Exchange(claims => claims["org_id"] = tenant, audience)).Token;

    public ValueTask DisposeAsync() => House.DisposeAsync();
}

using System.Text;
using Sallyport.LoadTests.Scenarios;

namespace Sallyport.LoadTests.Soak;

/// <summary>The requests that go with one key of the issuer.</summary>
/// <param name="Key">It signs whatever is signed meanwhile.</param>
/// <param name="Good">Tokens that come again and again.</param>
/// <param name="Bad">Tokens that no gateway may let pass.</param>
internal sealed record SoakTokens(TokenKey Key, SignedRequests Good, SignedRequests Bad)
{
    private const int Users = 1_000;

    public static SoakTokens Of(IssuerHost issuer, TokenKey key) =>
        new(key, SignedRequests.Of(issuer, [key], Users), new SignedRequests([.. Refused(issuer, key).Select(token => Traffic.Get(GatewayConfiguration.Orders, token))]));

    private static IEnumerable<string?> Refused(IssuerHost issuer, TokenKey key)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var (expired, early, foreign, stranger, endless) = (issuer.Claims(), issuer.Claims(), issuer.Claims(), issuer.Claims(), issuer.Claims());
        (expired["iat"], expired["exp"]) = (now - 7200, now - 3600);
        early["nbf"] = now + 3600 * 24;
        foreign["aud"] = "another";
        stranger["iss"] = "https://nobody.example.com";
        endless.Remove("exp");
        var good = issuer.Token(key);
        var dot = good.LastIndexOf('.');
        // In the middle of the signature, where each bit counts.
        var broken = good.ToCharArray();
        broken[dot + 20] = broken[dot + 20] == 'A' ? 'B' : 'A';
        return
        [
            null, "nonsense", key.Sign(expired), key.Sign(early), key.Sign(foreign), key.Sign(stranger), key.Sign(endless), new string(broken), good[..dot],
            good[..(dot + 1)], $"{Convert.ToBase64String(Encoding.ASCII.GetBytes("""{"alg":"none"}""")).TrimEnd('=')}{good[good.IndexOf('.', StringComparison.Ordinal)..]}",
        ];
    }
}

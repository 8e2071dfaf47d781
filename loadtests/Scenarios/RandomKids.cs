using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Sallyport.LoadTests.Scenarios;

/// <summary>Requests with tokens of the right issuer that each name another key, of which there is none.</summary>
internal static class RandomKids
{
    private const int SignatureBytes = 64;

    public static SignedRequests Of(IssuerHost issuer, int count)
    {
        var claims = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(TokenForge.Claims(issuer.Url, serial: 0).ToJsonString()));
        var requests = new ReadOnlyMemory<byte>[count];
        for (var i = 0; i < count; i++)
        {
            var kid = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
            var header = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $$"""{"alg":"ES256","typ":"JWT","kid":"{{kid}}"}"""));
            var signature = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SignatureBytes));
            requests[i] = Traffic.Get(GatewayConfiguration.Orders, $"{Base64Url.EncodeToString(header)}.{claims}.{signature}");
        }

        return new SignedRequests(requests);
    }
}

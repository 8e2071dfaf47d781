using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Sallyport.LoadTests.Compare;

/// <summary>Proves, before anything is measured, that a proxy lets good tokens in and refuses bad ones: one that does not look is fast.</summary>
internal static class DoorCheck
{
    /// <exception cref="InvalidDataException">It does not.</exception>
    public static async Task RunAsync(ComparedLine line, ChildProcess proxy, TokenForge forge, CancellationToken cancellation)
    {
        var algorithm = line.Algorithm!;
        using var stranger = new TokenForge();
        using var client = new HttpClient { BaseAddress = new Uri(proxy.Url) };
        var good = forge.Token(algorithm);
        await Expect("a good token", good, isGood: true);
        await Expect("no token", null);
        await Expect("a token with another's signature", good[..(good.LastIndexOf('.') + 1)] + stranger.Token(algorithm).Split('.')[2]);
        await Expect("a token of another key", stranger.Token(algorithm));
        await Expect("an expired token", Signed("exp", TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - 1200));
        await Expect("a token of another issuer", Signed("iss", "https://other.example.com"));
        // HAProxy is not asked for these.
        if (line.Proxy == Contender.HaProxy) return;
        await Expect("a token for another audience", Signed("aud", "other"));
        await Expect("a token without the scope", Signed("scope", "orders:write"));
        await Expect("a token of another tenant", Signed("org_id", "globex"));

        string Signed(string claim, JsonNode value)
        {
            var claims = JsonNode.Parse(Base64Url.DecodeFromChars(good.Split('.')[1]))!.AsObject();
            claims[claim] = value;
            return forge.Sign(algorithm, claims);
        }

        async Task Expect(string what, string? token, bool isGood = false)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, line.Path);
            if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            using var answer = await client.SendAsync(request, cancellation);
            var isRight = isGood ? answer.StatusCode == HttpStatusCode.OK : answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden;
            if (!isRight) throw new InvalidDataException($"{line.Title}: {what} is answered with {(int)answer.StatusCode}.");
        }
    }
}

using System.Net;
using System.Net.Http.Headers;
using Sallyport.Gateway.Keys;
using Sallyport.Gateway.Tokens;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Issuing;

public sealed class JwksTests
{
    private const string Path = "/.well-known/jwks.json";

    [Theory]
    [InlineData("ES256", "EC", "P-256")]
    [InlineData("RS256", "RSA", null)]
    [InlineData("EdDSA", "OKP", "Ed25519")]
    public async Task Every_published_key_is_there_with_its_name_and_use(string algorithm, string family, string? curve)
    {
        await using var house = await IssuingHouse.OpenAsync(algorithm: algorithm);

        using var answer = await house.Client.GetAsync(Path);
        var bytes = await answer.Content.ReadAsByteArrayAsync();
        var key = System.Text.Json.Nodes.JsonNode.Parse(bytes)!["keys"]![0]!;

        Assert.Equal("application/jwk-set+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("public, max-age=300", answer.Headers.CacheControl?.ToString());
        Assert.Equal("*", answer.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Equal((family, curve, algorithm, "sig"), ((string?)key["kty"], (string?)key["crv"], (string?)key["alg"], (string?)key["use"]));
        Assert.Equal(house.Ring.Active!.Key.KeyId, (string?)key["kid"]);
        foreach (var secret in (string[])["d", "p", "q", "dp", "dq", "qi", "k"]) Assert.Null(key[secret]);

        Assert.True(JwkSet.TryParse(bytes, 10, out var set, out _));
        var token = (await house.Ask("billing", "grant_type=client_credentials")).Token;
        Assert.Null(JwsCheck.Check(token, set, [Algorithm.Find(algorithm)!]));
        Assert.NotNull(JwsCheck.Check(TokenForge.Tampered(token), set, [Algorithm.Find(algorithm)!]));
    }

    [Fact]
    public async Task Whoever_has_the_set_gets_304_until_it_changes()
    {
        await using var house = await IssuingHouse.OpenAsync();
        using var first = await house.Client.GetAsync(Path);
        var tag = first.Headers.ETag!;
        Assert.False(tag.IsWeak);

        Assert.Equal(HttpStatusCode.NotModified, await Ask(tag.ToString()));
        Assert.Equal(HttpStatusCode.NotModified, await Ask("W/" + tag));
        Assert.Equal(HttpStatusCode.NotModified, await Ask("\"other\", " + tag));
        Assert.Equal(HttpStatusCode.NotModified, await Ask("*"));
        Assert.Equal(HttpStatusCode.OK, await Ask("\"other\""));
        Assert.Equal(HttpStatusCode.OK, await Ask("nonsense"));

        var next = SigningKey.Generate(Algorithm.Find("ES256")!, 2048);
        house.Keys.Publish(house.Ring with { Epoch = 2, Published = JwkSet.Of(house.Ring.Active!.Key.Public, next.Public) });
        Assert.Equal(HttpStatusCode.OK, await Ask(tag.ToString()));
        Assert.Contains(next.KeyId, await house.Client.GetStringAsync(Path), StringComparison.Ordinal);

        async Task<HttpStatusCode> Ask(string known)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Path);
            request.Headers.TryAddWithoutValidation("If-None-Match", known);
            using var answer = await house.Client.SendAsync(request);
            Assert.NotNull(answer.Headers.ETag);
            Assert.NotNull(answer.Headers.CacheControl);
            if (answer.StatusCode == HttpStatusCode.NotModified) Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task Head_and_options_are_answered_without_a_body()
    {
        await using var house = await IssuingHouse.OpenAsync();
        var length = (await house.Client.GetByteArrayAsync(Path)).Length;

        var head = await RawHttp.SendAsync(house.Gateway.Url, $"HEAD {Path} HTTP/1.1\r\nHost: x\r\n\r\n");
        using var options = await house.Client.SendAsync(new HttpRequestMessage(HttpMethod.Options, Path) { Headers = { { "Origin", "https://app.example" }, { "Access-Control-Request-Method", "GET" } } });

        Assert.Equal(200, head.Status);
        Assert.Equal($"{length}", head.Header("Content-Length"));
        Assert.NotNull(head.Header("ETag"));
        Assert.Equal(HttpStatusCode.NoContent, options.StatusCode);
        Assert.Equal("*", options.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Equal("GET, HEAD", string.Join(", ", options.Headers.GetValues("Access-Control-Allow-Methods")));
    }

    [Fact]
    [Trait("Acceptance", "A7")]
    public async Task Without_a_ring_there_is_no_set_and_none_that_is_empty()
    {
        await using var house = await IssuingHouse.OpenAsync();
        house.Keys.Publish(new OpenRing(2, null, JwkSet.Of(), "no key-encryption key opens the ring"));

        using var none = await house.Client.GetAsync(Path);
        house.Keys.Publish(house.Ring);
        using var some = await house.Client.GetAsync(Path);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, none.StatusCode);
        Assert.Equal(new RetryConditionHeaderValue(TimeSpan.FromSeconds(5)), none.Headers.RetryAfter);
        Assert.Equal(HttpStatusCode.OK, some.StatusCode);
    }

    [Fact]
    public async Task While_something_is_wrong_with_the_ring_the_set_is_kept_for_a_short_time_only()
    {
        await using var house = await IssuingHouse.OpenAsync(json => json["Sallyport"]!["Issuer"]!["JwksMaxAge"] = "00:10:00");
        using var well = await house.Client.GetAsync(Path);
        house.Keys.Publish(house.Ring with { Epoch = 2, Problem = "the store does not answer" });

        using var ill = await house.Client.GetAsync(Path);

        Assert.Equal(TimeSpan.FromMinutes(10), well.Headers.CacheControl!.MaxAge);
        Assert.Equal(TimeSpan.FromSeconds(30), ill.Headers.CacheControl!.MaxAge);
    }
}

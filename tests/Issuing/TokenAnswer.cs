using System.Buffers.Text;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Sallyport.Tests.Issuing;

/// <summary>An answer of the token endpoint.</summary>
internal sealed record TokenAnswer(int Status, JsonObject Body, HttpResponseHeaders Headers)
{
    public string? Error => (string?)Body["error"];

    public string Token => (string?)Body["access_token"] ?? throw new Xunit.Sdk.XunitException($"{Status} {Body}");

    /// <summary>The token's claims, not verified.</summary>
    public JsonObject Claims => Part(1);

    public JsonObject Header => Part(0);

    /// <summary>The claims set as its bytes say it.</summary>
    public string RawClaims => System.Text.Encoding.UTF8.GetString(Base64Url.DecodeFromChars(Token.Split('.')[1]));

    public static async Task<TokenAnswer> Of(HttpResponseMessage response)
    {
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        Assert.True(response.Headers.CacheControl?.NoStore);
        return new((int)response.StatusCode, (JsonObject)JsonNode.Parse(await response.Content.ReadAsStringAsync())!, response.Headers);
    }

    private JsonObject Part(int index) => (JsonObject)JsonNode.Parse(Base64Url.DecodeFromChars(Token.Split('.')[index]))!;
}

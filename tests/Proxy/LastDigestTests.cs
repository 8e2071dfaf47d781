using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Sallyport.Gateway.Proxy;
using Sallyport.Gateway.Verification;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Proxy;

/// <summary>A connection remembers the digest of the token that came last on it: no request may be taken for another's.</summary>
public sealed class LastDigestTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Each_request_of_a_connection_is_judged_by_its_own_token(bool http2)
    {
        await using var house = await House.OpenAsync(json =>
        {
            if (http2) json["Kestrel"] = JsonNode.Parse("""{ "Endpoints": { "only": { "Url": "http://127.0.0.1:0", "Protocols": "Http2" } } }""");
        });
        using var client = FrontDoors.Client(house.Gateway, http2);
        string[] users = ["alice", "bobby", "carol"];
        var tokens = users.ToDictionary(user => user, user => house.Token(claims => claims["sub"] = user), StringComparer.Ordinal);
        Assert.Single(tokens.Values.Select(token => token.Length).Distinct());

        // One after the other, so that each request has the connection, or the stream, of the one before.
        foreach (var user in (string[])["alice", "alice", "bobby", "bobby", "alice", "carol", "carol", "alice"])
        {
            Assert.Equal(200, await Send(client, house, $"Bearer {tokens[user]}"));
            Assert.Equal(user, house.Upstream.Requests[^1].Header("X-Auth-Subject"));
            Assert.Equal(200, await Send(client, house, $"Bearer  {tokens[user]} "));
            Assert.Equal(user, house.Upstream.Requests[^1].Header("X-Auth-Subject"));
        }

        var seen = house.Upstream.Requests.Count;
        foreach (var user in users)
        {
            Assert.Equal(401, await Send(client, house, $"Bearer {Tampered(tokens[user])}"));
            Assert.Equal(401, await Send(client, house, "Bearer"));
            Assert.Equal(401, await Send(client, house, authorization: null));
        }

        Assert.Equal(seen, house.Upstream.Requests.Count);
        Assert.Equal(200, await Send(client, house, $"Bearer {tokens["alice"]}"));
        Assert.Equal("alice", house.Upstream.Requests[^1].Header("X-Auth-Subject"));
    }

    [Fact]
    public void Only_the_same_piece_of_the_same_string_is_not_hashed_again()
    {
        var context = new DefaultHttpContext();
        context.Features.Set<IPersistentStateFeature>(new State());
        const string Text = "Bearer abc.def.ghi xyz";
        Assert.Equal(TokenDigest.Of("abc"), LastDigest.Of(context, new(Text, 7, 3)));
        Assert.Equal(TokenDigest.Of("abc"), LastDigest.Of(context, new(Text, 7, 3)));
        Assert.Equal(TokenDigest.Of("abc.def"), LastDigest.Of(context, new(Text, 7, 7)));
        Assert.Equal(TokenDigest.Of("def"), LastDigest.Of(context, new(Text, 11, 3)));
        Assert.Equal(TokenDigest.Of("abc"), LastDigest.Of(context, new("Bearer abc", 7, 3)));
        Assert.Equal(TokenDigest.Of("abd"), LastDigest.Of(context, new("Bearer abd", 7, 3)));
        Assert.Equal(TokenDigest.Of(""), LastDigest.Of(context, new("Bearer abd", 10, 0)));
        Assert.Equal(TokenDigest.Of("abc"), LastDigest.Of(new DefaultHttpContext(), new(Text, 7, 3)));
    }

    private static string Tampered(string token) => token[..^2] + (token[^2] == 'A' ? 'B' : 'A') + token[^1];

    private static async Task<int> Send(HttpClient client, House house, string? authorization)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{house.Gateway.Url}/any/x") { Version = client.DefaultRequestVersion, VersionPolicy = client.DefaultVersionPolicy };
        if (authorization is not null) request.Headers.TryAddWithoutValidation("Authorization", authorization);
        using var response = await client.SendAsync(request);
        return (int)response.StatusCode;
    }

    private sealed class State : IPersistentStateFeature
    {
        IDictionary<object, object?> IPersistentStateFeature.State { get; } = new Dictionary<object, object?>();
    }
}

using System.Net;

namespace Sallyport.Tests.Support;

public sealed class FrontDoorsTests
{
    [Fact]
    public async Task The_door_of_the_gateway_asks_for_a_token_and_says_who_came()
    {
        await using var upstream = await RecordingUpstream.StartAsync();
        await using var door = await FrontDoors.Open(Door.Gateway, upstream.Url);
        using var client = FrontDoors.Client(door);
        using (var accepted = await client.GetAsync("/"))
            Assert.Equal(HttpStatusCode.OK, accepted.StatusCode);
        Assert.Equal("alice", upstream.Requests[0].Header("X-Auth-Subject"));
        Assert.Null(upstream.Requests[0].Header("Authorization"));

        client.DefaultRequestHeaders.Clear();
        using (var refused = await client.GetAsync("/"))
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Single(upstream.Requests);
    }

    [Fact]
    public async Task The_bare_door_adds_and_asks_nothing()
    {
        await using var upstream = await RecordingUpstream.StartAsync();
        await using var door = await FrontDoors.Open(Door.BareYarp, upstream.Url);
        using var client = FrontDoors.Client(door);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Add("X-Auth-Subject", "mallory");
        request.Headers.Add("Authorization", "Bearer whatever");
        using var response = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("mallory", upstream.Requests[0].Header("X-Auth-Subject"));
        Assert.Equal("Bearer whatever", upstream.Requests[0].Header("Authorization"));
    }
}

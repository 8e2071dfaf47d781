using Sallyport.Tests.Support;

namespace Sallyport.Tests.Proxy;

/// <summary>Requests as bytes: target, header lines, body framing and Expect.</summary>
public sealed class ForwardingRequestTests
{
    public static IEnumerable<object[]> Targets() =>
        from door in Enum.GetValues<Door>()
        from target in new[]
        {
            "/", "/a/b/", "/a%20b", "/caf%C3%A9", "/a+b", "/a;v=1/b", "/@me/$x,y:z=1!'(*)", "//a//b", "/%25", "/a?", "/?",
            "/?q=%20+%2B&q=2&empty=&flag", "/?a=b?c/d", "/?u=http%3A%2F%2Fx%2F%3Fy%3D1%26z", "/?%E2%82%AC=%80", "/?a[]=1",
        }
        select new object[] { door, target };

    public static IEnumerable<object[]> RewrittenTargets() =>
        from door in Enum.GetValues<Door>()
        from target in new (string Sent, string Received)[]
        {
            // A path is decoded, matched and encoded again; Kestrel alone keeps %2F, and YARP then takes its % for a character.
            ("/a%2Fb", "/a%252Fb"),
            ("/%61%7e", "/a~"),
            ("/open/../secret/%2e%2e/%2E/x", "/x"),
            // A query is made a valid URI: unreserved characters plain, forbidden ones encoded.
            ("/?q=%7e", "/?q=~"),
            ("/?{}|^`\\", "/?%7B%7D%7C%5E%60%5C"),
        }
        select new object[] { door, target.Sent, target.Received };

    [Theory, MemberData(nameof(Targets))]
    public async Task The_target_arrives_as_it_was_sent(Door kind, string target)
    {
        await using var upstream = await RecordingUpstream.StartAsync();
        await using var door = await FrontDoors.Open(kind, upstream.Url);
        var response = await RawHttp.SendAsync(door.Url, $"GET {target} HTTP/1.1\r\nHost: x\r\n{Line(door)}Connection: close\r\n\r\n");
        Assert.Equal(200, response.Status);
        Assert.Equal(target, Assert.Single(upstream.Requests).Target);
    }

    [Theory, MemberData(nameof(RewrittenTargets))]
    public async Task A_target_that_YARP_rewrites_arrives_so_through_each_door(Door kind, string sent, string received)
    {
        await using var upstream = await RecordingUpstream.StartAsync();
        await using var door = await FrontDoors.Open(kind, upstream.Url);
        var response = await RawHttp.SendAsync(door.Url, $"GET {sent} HTTP/1.1\r\nHost: x\r\n{Line(door)}Connection: close\r\n\r\n");
        Assert.Equal(200, response.Status);
        Assert.Equal(received, Assert.Single(upstream.Requests).Target);
    }

    [Theory, EachDoor]
    public async Task Header_lines_keep_their_values_and_hop_by_hop_ones_stay_behind(Door kind)
    {
        await using var upstream = await RecordingUpstream.StartAsync();
        await using var door = await FrontDoors.Open(kind, upstream.Url);
        var many = string.Concat(Enumerable.Range(0, 40).Select(number => $"X-Many: value {number}\r\n"));
        var response = await RawHttp.SendAsync(
            door.Url,
            $"PROPFIND / HTTP/1.1\r\nHost: public.example:81\r\n{Line(door)}{many}Accept: a/b;q=0.5, c/d\r\nCookie: a=1; b=\"2\"\r\nX-Long: {new string('v', 8_000)}\r\n"
            + "User-Agent: raw/1 (x; y)\r\nX-Empty:\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\nProxy-Connection: close\r\nTE: trailers\r\n\r\n");
        Assert.Equal(200, response.Status);
        var received = Assert.Single(upstream.Requests);
        Assert.Equal("PROPFIND", received.Method);
        Assert.Equal(
            string.Join(", ", Enumerable.Range(0, 40).Select(number => $"value {number}")), string.Join(", ", received.Values("X-Many")));
        Assert.Equal("a/b;q=0.5, c/d", received.Header("Accept"));
        Assert.Equal("a=1; b=\"2\"", received.Header("Cookie"));
        Assert.Equal(8_000, received.Header("X-Long")?.Length);
        Assert.Equal("raw/1 (x; y)", received.Header("User-Agent"));
        Assert.Equal("", received.Header("X-Empty"));
        Assert.Equal(new Uri(upstream.Url).Authority, received.Header("Host"));
        Assert.Equal("public.example:81", received.Header("X-Forwarded-Host"));
        Assert.Equal("127.0.0.1", received.Header("X-Forwarded-For"));
        Assert.Equal("http", received.Header("X-Forwarded-Proto"));
        foreach (var name in new[] { "Connection", "Keep-Alive", "Proxy-Connection" })
            Assert.Empty(received.Values(name));
    }

    [Theory, EachDoor]
    public async Task A_chunked_body_arrives_whole_without_its_trailers(Door kind)
    {
        await using var upstream = await RecordingUpstream.StartAsync();
        await using var door = await FrontDoors.Open(kind, upstream.Url);
        var response = await RawHttp.SendAsync(
            door.Url,
            $"POST /upload HTTP/1.1\r\nHost: x\r\n{Line(door)}Transfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nX-Auth-Subject: root\r\nX-Sum: 7\r\n\r\n");
        Assert.Equal(200, response.Status);
        var received = Assert.Single(upstream.Requests);
        // SHA-256 of "abc", FIPS 180-2 appendix B.1.
        Assert.Equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", received.BodySha256);
        Assert.Empty(received.Trailers);
        Assert.Empty(received.Values("X-Sum"));
        Assert.DoesNotContain("root", received.Values("X-Auth-Subject"));
    }

    [Theory, EachDoor]
    public async Task Expect_100_continue_asks_for_the_body_only_when_the_upstream_does(Door kind)
    {
        await using var upstream = await RecordingUpstream.StartAsync();
        await using var door = await FrontDoors.Open(kind, upstream.Url);
        await using (var raw = await RawHttp.ConnectAsync(door.Url))
        {
            await raw.Send($"POST /expect HTTP/1.1\r\nHost: x\r\n{Line(door)}Expect: 100-continue\r\nContent-Length: 5\r\n\r\n");
            Assert.Equal(100, (await raw.ReadOne()).Status);
            await raw.Send("hello");
            Assert.Equal(200, (await raw.ReadOne()).Status);
            Assert.Equal(5, upstream.Requests[0].BodyLength);
            Assert.Equal("100-continue", upstream.Requests[0].Header("Expect"));
        }

        await using var refused = await RawHttp.ConnectAsync(door.Url);
        // HttpClient sends a refused body of up to 1 KB all the same, to keep the connection.
        await refused.Send($"POST /expect?refuse HTTP/1.1\r\nHost: x\r\n{Line(door)}Expect: 100-continue\r\nContent-Length: 5000\r\n\r\n");
        Assert.Equal(417, (await refused.ReadOne()).Status);
        Assert.Equal(0, upstream.Requests[1].BodyLength);
    }

    private static string Line(IFrontDoor door) => door.Authorization is { } value ? $"Authorization: {value}\r\n" : "";
}

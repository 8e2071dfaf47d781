using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Admin;

public sealed class AdminServerTests
{
    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/startup")]
    [InlineData("/health/ready")]
    public async Task Health_answers_on_the_admin_address_and_never_on_the_proxys(string path)
    {
        await using var house = await House.OpenAsync();
        var probe = new Probe(house.Gateway);
        await Poll.Until(async () => (await probe.Get(path)).StatusCode == HttpStatusCode.OK);

        using var answer = await probe.Get(path);
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        Assert.True(answer.Headers.CacheControl?.NoStore);
        Assert.False(answer.Headers.Contains("Server"));

        Assert.NotEqual(new Uri(house.Gateway.Url).Port, probe.Address.Port);
        using var atProxy = await house.Get(path);
        Assert.Equal(HttpStatusCode.NotFound, atProxy.StatusCode);
    }

    [Fact]
    public async Task Only_get_and_head_and_only_the_paths_of_health()
    {
        await using var house = await House.OpenAsync();
        var probe = new Probe(house.Gateway);
        await Poll.Until(async () => (await probe.Ready()).Status == HttpStatusCode.OK);

        var head = await Send("HEAD", "/health/ready");
        Assert.Equal(200, head.Status);
        Assert.Empty(head.Body);
        foreach (var method in new[] { "DELETE", "OPTIONS", "TRACE", "PROPFIND" })
        {
            var other = await Send(method, "/health/ready");
            Assert.Equal(405, other.Status);
            Assert.Equal("GET, HEAD", other.Header("Allow"));
        }

        foreach (var path in new[] { "/", "/health", "/health/", "/health/ready/", "/Health/Ready", "/health/live/..", "/metrics", "/any/1" })
            Assert.Equal(404, (await Send("GET", path)).Status);

        Task<RawResponse> Send(string method, string path) =>
            RawHttp.SendAsync(probe.Address.ToString(), $"{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    }

    [Fact]
    public async Task The_answer_does_not_hang_on_the_host_header()
    {
        await using var house = await House.OpenAsync();
        var probe = new Probe(house.Gateway);
        await Poll.Until(async () => (await probe.Ready()).Status == HttpStatusCode.OK);
        foreach (var host in new[] { "127.0.0.1", "kubelet.example", "evil.example:1", "" })
        {
            var answer = await RawHttp.SendAsync(probe.Address.ToString(), $"GET /health/ready HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
            Assert.Equal(200, answer.Status);
        }
    }

    [Fact]
    public async Task No_key_material_is_ever_in_it()
    {
        const string Secret = "a-shared-secret-of-more-than-32-bytes";
        var variable = $"HEALTH_TEST_SECRET_{Guid.NewGuid():N}";
        Environment.SetEnvironmentVariable(variable, Secret);
        await using var house = await House.OpenAsync(json => json["Sallyport"]!["TrustedIssuers"]!["shared"] = JsonNode.Parse(
            $$$"""{ "Issuer": "https://shared.example", "Audiences": ["api"], "Algorithms": ["HS256"], "Keys": { "Secret": { "Environment": "{{{variable}}}" } } }"""));
        var probe = new Probe(house.Gateway);
        await Poll.Until(async () => (await probe.Ready()).Status == HttpStatusCode.OK);

        var text = (await probe.Ready()).Report.ToJsonString();
        Assert.Contains("shared", text, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, text, StringComparison.Ordinal);
        var jwk = house.Key.PublicJwk();
        Assert.DoesNotContain((string)jwk["x"]!, text, StringComparison.Ordinal);
        Assert.DoesNotContain((string)jwk["y"]!, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_address_is_said_to_wait_for_the_next_start()
    {
        await using var house = await House.OpenAsync();
        var probe = new Probe(house.Gateway);
        var same = House.Configuration(house.Issuer, house.Upstream);
        house.Gateway.Change(same);
        await Poll.Until(() => house.Gateway.Logs.Entries.Count(entry => entry.Id.Id == 1001) == 1);
        Assert.False(house.Gateway.Logs.Has(LogLevel.Warning, "next start"));

        same["Sallyport"]!["Admin"] = new JsonObject { ["Url"] = "http://127.0.0.1:1" };
        house.Gateway.Change(same);
        await Poll.Until(() => house.Gateway.Logs.Has(LogLevel.Warning, "Sallyport:Admin changed; that takes effect at the next start"));
        using var answer = await probe.Get("/health/live");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}

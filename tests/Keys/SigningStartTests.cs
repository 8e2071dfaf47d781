using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Sallyport.Tests.Admin;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Keys;

/// <summary>A whole gateway that issues: when it starts, when it is ready, and what it says of its keys.</summary>
public sealed class SigningStartTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sallyport-start-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    [Trait("Acceptance", "A2")]
    public async Task Without_the_key_it_was_to_sign_with_a_gateway_does_not_start_and_names_the_mend()
    {
        var configuration = IssuingShop.Configuration(_folder);
        await using (var gateway = await TestGateway.StartAsync(configuration, environment: "Production"))
        {
            var probe = new Probe(gateway);
            await Poll.Until(async () => (await probe.Ready()).Status == HttpStatusCode.OK);
        }

        await File.WriteAllBytesAsync(IssuingShop.KeyFile(_folder), RandomNumberGenerator.GetBytes(32));
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => TestGateway.StartAsync(configuration, environment: "Production"));
        Assert.Contains("none of the key-encryption keys authenticates it", refused.Message);
        Assert.Contains("Sallyport.Issuer.Keys", refused.Message);
    }

    [Fact]
    [Trait("Acceptance", "A2")]
    public async Task In_Development_it_starts_without_and_is_never_ready()
    {
        var configuration = IssuingShop.Configuration(_folder);
        await using (await TestGateway.StartAsync(configuration, environment: "Production"))
        {
            // The ring is there now.
        }

        var good = await File.ReadAllBytesAsync(IssuingShop.KeyFile(_folder));
        await File.WriteAllBytesAsync(IssuingShop.KeyFile(_folder), RandomNumberGenerator.GetBytes(32));
        await using (var gateway = await TestGateway.StartAsync(configuration, environment: "Development"))
        {
            var (status, report) = await new Probe(gateway).Ready();
            Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
            Assert.Contains("there is no key to sign tokens with", string.Join('\n', report["reasons"]!.AsArray().Select(reason => (string)reason!)));
            Assert.Null(report["signing"]!["activeKey"]);
        }

        await File.WriteAllBytesAsync(IssuingShop.KeyFile(_folder), good);
        await using (var gateway = await TestGateway.StartAsync(configuration, environment: "Development"))
            Assert.NotNull((await new Probe(gateway).Ready()).Report["signing"]!["activeKey"]);
    }

    [Fact]
    [Trait("Acceptance", "A1")]
    [Trait("Acceptance", "A2")]
    public async Task An_ephemeral_key_shows_in_the_log_in_health_and_in_the_list_and_is_the_one_in_the_JWK_Set()
    {
        await using var gateway = await TestGateway.StartAsync(IssuingShop.InMemory(), environment: "Production");
        var probe = new Probe(gateway);
        await Poll.Until(async () => (await probe.Ready()).Status == HttpStatusCode.OK);

        var report = (await probe.Ready()).Report;
        var key = (string)report["signing"]!["activeKey"]!;
        Assert.True((bool)report["signing"]!["ephemeral"]!);
        Assert.Contains("signing keys are ephemeral", string.Join('\n', report["reasons"]!.AsArray().Select(reason => (string)reason!)));
        Assert.Contains(gateway.Logs.Entries, entry => entry.Message.Contains("Signing keys are ephemeral", StringComparison.Ordinal));

        using var listed = await probe.Get("/keys");
        var list = JsonNode.Parse(await listed.Content.ReadAsStringAsync())!;
        Assert.Equal((key, "active"), ((string)list["keys"]![0]!["kid"]!, (string)list["keys"]![0]!["state"]!));
        Assert.Single(list["keys"]!.AsArray());
        using var client = new HttpClient();
        var set = JsonNode.Parse(await client.GetStringAsync(new Uri(gateway.Url + "/.well-known/jwks.json")))!;
        Assert.Equal(key, (string)Assert.Single(set["keys"]!.AsArray())!["kid"]!);
    }
}

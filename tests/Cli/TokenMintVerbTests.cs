using System.Net;
using System.Text.Json.Nodes;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Cli;

public sealed class TokenMintVerbTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sallyport-mint-").FullName;

    [Fact]
    public async Task A_token_by_the_ring_of_a_directory_passes_at_the_gateway_that_shares_it()
    {
        JsonObject? configuration = null;
        await using var house = await InnerDoor.OpenAsync(json =>
        {
            json["Sallyport"]!["Issuer"]!["Keys"] = SharedRing.InDirectory(_folder);
            configuration = (JsonObject)json.DeepClone();
        });
        var file = Path.Combine(_folder, "gateway.json");
        await File.WriteAllTextAsync(file, configuration!.ToJsonString());

        var minted = await Mint(file, "Development", "--claim", "sub=alice", "--claim", "scope=orders:read", "--claim", "org_id=acme");
        Assert.True(minted.ExitCode == 0, minted.Errors);
        Assert.StartsWith("audit {", minted.Errors, StringComparison.Ordinal);
        Assert.Contains("\"event\":\"token_minted\"", minted.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain(minted.Output.Trim(), minted.Errors, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await house.Get("/orders/1", minted.Output.Trim())).StatusCode);
        Assert.Equal("alice", house.Upstream.Requests[^1].Header("X-Auth-Subject"));
        Assert.Equal(300, (long)InnerDoor.Part(minted.Output.Trim(), 1)["exp"]! - (long)InnerDoor.Part(minted.Output.Trim(), 1)["iat"]!);

        // Verbs read the ring too, and so does what verifies.
        var verified = await Verb.RunAsync("", "token", "verify", minted.Output.Trim(), "--config", file, "--environment", "Development");
        Assert.Equal(0, verified.ExitCode);

        Assert.Equal(1, (await Mint(file, "Production")).ExitCode);
        Assert.Equal(2, (await Mint(file, "Development", "--claim", "sub")).ExitCode);
        Assert.Equal(2, (await Mint(file, "Development", "--lifetime", "02:00:00")).ExitCode);
    }

    [Fact]
    public async Task A_ring_in_memory_cannot_be_reached_and_an_empty_one_is_not_filled()
    {
        var file = Path.Combine(_folder, "memory.json");
        await File.WriteAllTextAsync(file, """{"Sallyport":{"Issuer":{"Issuer":"https://gateway.example.com","Keys":{"Store":"Memory"}},"TrustedIssuers":{"own":{"Audiences":["a"],"Keys":{"Own":true}}}}}""");
        var refused = await Mint(file, "Development");
        Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
        Assert.Contains("make the Store \"File\" or \"Redis\"", refused.Errors, StringComparison.Ordinal);

        var json = JsonNode.Parse(await File.ReadAllTextAsync(file))!;
        json["Sallyport"]!["Issuer"]!["Keys"] = SharedRing.InDirectory(_folder);
        await File.WriteAllTextAsync(file, json.ToJsonString());
        refused = await Mint(file, "Development");
        Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
        Assert.Contains("start a gateway first", refused.Errors, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Task<ProcessResult> Mint(string file, string environment, params string[] arguments) =>
        Verb.RunAsync("", ["token", "mint", .. arguments, "--config", file, "--environment", environment]);
}

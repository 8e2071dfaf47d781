using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Sallyport.Gateway.Audit;
using Sallyport.Gateway.Issuing;
using Sallyport.Gateway.Keys;
using Sallyport.Tests.Cli;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Audit;

/// <summary>What becomes of a gateway, and of the verbs beside it, while its trail cannot be written.</summary>
public sealed class UnwritableTrailTests : IDisposable
{
    private const string Secret = "s3cret";

    private readonly TrailFolder _folder = new();
    private readonly DirectoryInfo _ring = Directory.CreateTempSubdirectory("sallyport-ring-");
    private JsonObject? _json;

    [Fact]
    [Trait("Acceptance", "B7")]
    [Trait("Acceptance", "A1")]
    public async Task No_token_leaves_without_its_record_and_refusals_are_answered_all_the_same()
    {
        await using var house = await OpenAsync();
        var (status, token) = await TokenAsync(house);
        Assert.Equal(HttpStatusCode.OK, status);
        var record = _folder.Records().Single(line => line.Event == AuditEvent.TokenMinted);
        var text = (string)token["access_token"]!;
        Assert.Equal((TrailLine.HashOf(Encoding.ASCII.GetBytes(text)), InnerDoor.KidOf(text)), (record.Hash, record.KeyId));
        Assert.Contains(record.KeyId!, await house.Client.GetStringAsync("/.well-known/jwks.json"), StringComparison.Ordinal);

        var (epoch, minted) = (house.Keys().Current!.Epoch, _folder.Names().Count);
        TakeAway();
        (status, var refused) = await TokenAsync(house);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "temporarily_unavailable"), (status, (string?)refused["error"]));
        Assert.DoesNotContain("access_token", refused.ToJsonString(), StringComparison.Ordinal);

        // A refusal of a client that is known is recorded, if it can be.
        (status, refused) = await TokenAsync(house, "scope", "everything");
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_scope"), (status, (string?)refused["error"]));

        // The ring is as it was.
        await Assert.ThrowsAsync<AuditUnavailableException>(house.ReplaceKeyAsync);
        Assert.Equal(epoch, (await house.Gateway.Services.GetRequiredService<RingKeeper>().ReadAsync(default)).Ring!.Epoch);

        GiveBack();
        (status, _) = await TokenAsync(house);
        Assert.Equal((HttpStatusCode.OK, minted + 1), (status, _folder.Names().Count));
        await house.ReplaceKeyAsync();
        Assert.Equal(
            [AuditEvent.KeysChanging, AuditEvent.KeyPrepared, AuditEvent.KeyActivated, AuditEvent.KeyRetired, AuditEvent.KeyRevoked],
            _folder.Records().SkipWhile(line => line.Event != AuditEvent.TokenMinted).Select(line => line.Event).Where(what => what.StartsWith("key", StringComparison.Ordinal) && what != AuditEvent.KeyGenerated));
    }

    [Fact]
    [Trait("Acceptance", "B7")]
    public async Task Nothing_is_forwarded_with_an_assertion_that_nobody_recorded_and_one_that_is_held_still_serves()
    {
        await using var house = await OpenAsync();
        var held = house.Token();
        using (var first = await house.Get("/any/1", held)) Assert.Equal(HttpStatusCode.OK, first.StatusCode);

        TakeAway();
        using (var served = await house.Get("/any/2", held)) Assert.Equal(HttpStatusCode.OK, served.StatusCode);
        var seen = house.Upstream.Requests.Count;
        using (var refused = await house.Get("/any/3", house.Token(claims => claims["sub"] = "bob")))
        {
            Assert.Equal((503, "audit_unavailable"), await House.Problem(refused));
            Assert.Equal("5", refused.Headers.RetryAfter?.ToString());
        }

        Assert.Equal(seen, house.Upstream.Requests.Count);
        GiveBack();
        using (var again = await house.Get("/any/4", house.Token(claims => claims["sub"] = "bob"))) Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    [Fact]
    [Trait("Acceptance", "B7")]
    public async Task Verbs_change_nothing_that_cannot_be_recorded_but_in_an_emergency()
    {
        await using var house = await OpenAsync();
        var kid = house.Keys().Current!.Active!.Key.KeyId;
        TakeAway();
        await File.WriteAllTextAsync(_folder.Root, "in the way");

        foreach (var arguments in (string[][])[["token", "mint"], ["keys", "prepare"], ["keys", "revoke", kid, "--reason", "stolen", "--emergency"]])
        {
            var refused = await RunAsync(arguments);
            Assert.True(refused.ExitCode == 1 && refused.Output.Length == 0, $"{string.Join(' ', arguments)}: {refused.Output} {refused.Errors}");
        }

        Assert.Equal([kid], (await ListAsync()).Select(key => (string?)key["kid"]));

        var forced = await RunAsync("keys", "revoke", kid, "--reason", "stolen", "--emergency", "--unaudited");
        Assert.True(forced.ExitCode == 0, forced.Errors);
        Assert.Contains("NOT IN THE AUDIT TRAIL", forced.Errors, StringComparison.Ordinal);
        foreach (var what in (string[])[AuditEvent.KeyGenerated, AuditEvent.KeysChanging, AuditEvent.KeyActivated, AuditEvent.KeyRevoked])
            Assert.Contains(forced.Errors.Split('\n'), line => line.StartsWith("audit {", StringComparison.Ordinal) && line.Contains($"\"{what}\"", StringComparison.Ordinal));
        Assert.Contains(await ListAsync(), key => (string?)key["kid"] == kid && (string?)key["state"] == "revoked");

        File.Delete(_folder.Root);
        GiveBack();
        var minted = await RunAsync("token", "mint");
        Assert.True(minted.ExitCode == 0, minted.Errors);
        Assert.Contains(_folder.Records(), record => record.Hash == TrailLine.HashOf(Encoding.ASCII.GetBytes(minted.Output.Trim())));
    }

    public void Dispose()
    {
        _folder.Dispose();
        _ring.Delete(recursive: true);
    }

    private Task<House> OpenAsync() => InnerDoor.OpenAsync(json =>
    {
        var sallyport = json["Sallyport"]!;
        sallyport["Audit"] = new JsonObject { ["Sink"] = "File", ["Directory"] = _folder.Root };
        sallyport["Issuer"]!["Keys"] = SharedRing.InDirectory(_ring.FullName);
        sallyport["Issuer"]!["Clients"] = new JsonObject
        {
            ["billing"] = new JsonObject { ["SecretHash"] = ClientSecretHash.Of(Encoding.ASCII.GetBytes(Secret), iterations: 10_000).Write(), ["Audiences"] = new JsonArray("orders") },
        };
        _json = json;
    });

    private static async Task<(HttpStatusCode Status, JsonNode Answer)> TokenAsync(House house, string? name = null, string? value = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth/token");
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"billing:{Secret}")));
        var form = new Dictionary<string, string> { ["grant_type"] = "client_credentials" };
        if (name is not null) form[name] = value!;
        request.Content = new FormUrlEncodedContent(form);
        using var answer = await house.Client.SendAsync(request);
        return (answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync())!);
    }

    private async Task<ProcessResult> RunAsync(params string[] arguments)
    {
        var file = Path.Combine(_ring.FullName, "gateway.json");
        await File.WriteAllTextAsync(file, _json!.ToJsonString());
        return await Verb.RunAsync("", [.. arguments, "--config", file, "--environment", "Development"]);
    }

    private async Task<List<JsonNode>> ListAsync() => [.. JsonNode.Parse((await RunAsync("keys", "list", "--json")).Output)!["keys"]!.AsArray().Select(key => key!)];

    private void TakeAway() => Directory.Move(_folder.Root, _folder.Root + ".away");

    private void GiveBack() => Directory.Move(_folder.Root + ".away", _folder.Root);
}

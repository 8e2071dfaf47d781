using System.Text.Json.Nodes;
using Sallyport.Tests.Keys;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Cli;

public sealed class KeysVerbTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sallyport-verbs-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    [Trait("Acceptance", "C4")]
    [Trait("Acceptance", "C8")]
    public async Task A_key_is_prepared_waits_for_verifiers_and_replaces_the_active_one()
    {
        var first = await StartedAsync();
        var prepared = await Good("keys", "prepare");
        var next = (string)prepared["kid"]!;
        Assert.Equal([(first, "active"), (next, "prepared")], Keys(prepared));
        Assert.Contains("is prepared already", await Refused("keys", "prepare"));

        Assert.Contains("--emergency does not wait", await Refused("keys", "activate", next));
        Assert.Contains("must be replaced first", await Refused("keys", "revoke", first, "--reason", "lost"));
        Assert.Contains("must be replaced first", await Refused("keys", "revoke", next, "--reason", "lost"));
        Assert.Contains("keys activate", await Refused("keys", "retire", first));
        Assert.Contains("The ring has no key other", await Refused("keys", "retire", "other"));
        Assert.Equal([(first, "active"), (next, "prepared")], Keys(await Good("keys", "list")));

        Assert.Equal([(first, "retired"), (next, "active")], Keys(await Good("keys", "activate", next, "--emergency")));
        var revoked = await Good("keys", "revoke", first, "--reason", "old laptop");
        Assert.Equal([(first, "revoked"), (next, "active")], Keys(revoked));
        Assert.Equal("old laptop", (string?)revoked["keys"]![0]!["reason"]);
        Assert.False((bool)(await Good("keys", "revoke", first, "--reason", "again"))["changed"]!);
    }

    [Fact]
    [Trait("Acceptance", "C8")]
    public async Task In_an_emergency_the_active_key_is_replaced_and_revoked_in_one_step()
    {
        var first = await StartedAsync();
        var epoch = (long)(await Good("keys", "list"))["epoch"]!;
        var revoked = await Good("keys", "revoke", first, "--reason", "stolen", "--emergency");
        var replacement = (string)revoked["replacement"]!;
        Assert.Equal([(first, "revoked"), (replacement, "active")], Keys(revoked));
        Assert.Equal(epoch + 1, (long)revoked["epoch"]!);
        Assert.True((bool)revoked["keys"]![1]!["emergency"]!);

        var prepared = (string)(await Good("keys", "prepare"))["kid"]!;
        var again = await Good("keys", "revoke", prepared, "--reason", "stolen", "--emergency");
        Assert.Equal([(first, "revoked"), (replacement, "active"), (prepared, "revoked"), ((string)again["replacement"]!, "prepared")], Keys(again));
        Assert.Equal([(first, "revoked"), (replacement, "active"), (prepared, "revoked")], Keys(await Good("keys", "retire", (string)again["replacement"]!)));
    }

    [Fact]
    [Trait("Acceptance", "C8")]
    public async Task What_an_operator_does_is_audited_and_what_he_only_asks_is_not()
    {
        var first = await StartedAsync();
        Assert.Empty((await Run("keys", "list")).Errors);
        Assert.DoesNotContain("audit", (await Run("keys", "revoke", first, "--reason", "lost")).Errors, StringComparison.Ordinal);

        var done = await Run("keys", "revoke", first, "--reason", "lost", "--emergency", "--json");
        var next = (string)JsonNode.Parse(done.Output)!["replacement"]!;
        var records = done.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line["audit ".Length..])!).ToList();
        Assert.Equal(
            [("key_generated", next, null), ("keys_changing", null, "lost"), ("key_prepared", next, null), ("key_activated", next, "emergency"), ("key_retired", first, null), ("key_revoked", first, "lost")],
            records.Select(record => ((string)record["event"]!, (string?)record["kid"], (string?)record["reason"])));
        Assert.All(records, record => Assert.Equal("operator", (string?)record["actor"]));
    }

    [Fact]
    [Trait("Acceptance", "C8")]
    public async Task A_running_gateway_follows_what_the_verbs_do()
    {
        var configuration = IssuingShop.Configuration(_folder);
        configuration["Sallyport"]!["Issuer"]!["Keys"]!["Poll"] = "00:00:00.2";
        await using var gateway = await TestGateway.StartAsync(configuration, environment: "Production");
        using var client = new HttpClient { BaseAddress = new Uri(gateway.Url) };
        var first = Assert.Single(await Published());

        var replacement = (string)(await Good("keys", "revoke", first, "--reason", "stolen", "--emergency"))["replacement"]!;
        await Poll.Until(async () => (await Published()).SequenceEqual([replacement], StringComparer.Ordinal));

        async Task<string[]> Published() => [.. JsonNode.Parse(await client.GetStringAsync("/.well-known/jwks.json"))!["keys"]!.AsArray().Select(key => (string)key!["kid"]!)];
    }

    [Fact]
    public async Task Another_algorithm_is_made_when_it_is_asked_for_and_the_list_reads_well()
    {
        var first = await StartedAsync();
        var next = (string)(await Good("keys", "prepare", "--algorithm", "EdDSA"))["kid"]!;
        var list = (await Run("keys", "list")).Output;
        Assert.Contains(RingKit.Issuer, list);
        Assert.Contains(first, list.Split('\n').Single(line => line.Contains(" active ", StringComparison.Ordinal)));
        Assert.Contains("EdDSA", list.Split('\n').Single(line => line.Contains(next, StringComparison.Ordinal)));
        foreach (var bad in (string[])["none", "HS256", "es256"]) Assert.Equal(2, (await Run("keys", "prepare", "--algorithm", bad)).ExitCode);
        Assert.Equal(2, (await Run("keys", "revoke", first)).ExitCode);
        Assert.Equal(2, (await Run("keys", "revoke", first, "--reason", " ")).ExitCode);
    }

    [Fact]
    public async Task Resealing_lets_the_old_key_encryption_key_go()
    {
        var first = await StartedAsync();
        var both = IssuingShop.Configuration(_folder, "new", "kek");
        var only = IssuingShop.Configuration(_folder, "new");
        Assert.Equal(1, (await Verb.RunAsync(only, null, "keys", "list")).ExitCode);
        Assert.Equal(0, (await Verb.RunAsync(both, null, "keys", "reseal")).ExitCode);

        var list = await Verb.RunAsync(only, null, "keys", "list", "--json");
        Assert.Equal((first, "active"), Assert.Single(Keys(JsonNode.Parse(list.Output)!)));
        Assert.Equal(1, (await Run("keys", "list")).ExitCode);
        await using var gateway = await TestGateway.StartAsync(only, environment: "Production");
    }

    [Fact]
    public async Task Where_there_is_nothing_to_work_on_it_says_so()
    {
        var none = await Verb.RunAsync(new Shop().Configuration(), null, "keys", "list");
        Assert.Equal(1, none.ExitCode);
        Assert.Contains("No issuer is configured", none.Errors);
        var memory = await Verb.RunAsync(IssuingShop.InMemory(), null, "keys", "list");
        Assert.Equal(1, memory.ExitCode);
        Assert.Contains("in the memory of the gateway's process", memory.Errors);
        Assert.Contains("No keys yet", (await Run("keys", "list")).Output);
        Assert.Contains("There is no ring yet", await Refused("keys", "prepare"));
        Assert.Contains("There is no ring yet", await Refused("keys", "reseal"));
    }

    private async Task<string> StartedAsync()
    {
        await using (await TestGateway.StartAsync(IssuingShop.Configuration(_folder), environment: "Production"))
        {
            // It makes the first key, and leaves.
        }

        return Assert.Single(Keys(await Good("keys", "list"))).Kid;
    }

    private static IEnumerable<(string Kid, string State)> Keys(JsonNode answer) => answer["keys"]!.AsArray().Select(key => ((string)key!["kid"]!, (string)key["state"]!));

    private Task<ProcessResult> Run(params string[] arguments) => Verb.RunAsync(IssuingShop.Configuration(_folder), null, arguments);

    private async Task<JsonNode> Good(params string[] arguments)
    {
        var result = await Run([.. arguments, "--json"]);
        Assert.True(result.ExitCode == 0, result.Errors);
        Assert.All(result.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.StartsWith("audit {", line, StringComparison.Ordinal));
        return JsonNode.Parse(result.Output)!;
    }

    private async Task<string> Refused(params string[] arguments)
    {
        var result = await Run([.. arguments, "--json"]);
        Assert.Equal(1, result.ExitCode);
        Assert.False((bool)JsonNode.Parse(result.Output)!["changed"]!);
        return (string)JsonNode.Parse(result.Output)!["problem"]!;
    }
}

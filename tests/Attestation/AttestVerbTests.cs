using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Sallyport.Tests.Cli;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Attestation;

public sealed class AttestVerbTests : IDisposable
{
    private const string PredicateType = "https://example.com/review/v1";

    private readonly string _folder = Directory.CreateTempSubdirectory("sallyport-attest-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_a_token_authorised_is_attested_by_the_ring_recorded_and_proven_offline()
    {
        await using var house = await OpenAsync();
        var token = await house.OwnTokenAsync();
        var digest = await WriteAsync("app.tar", "contents");
        await WriteAsync("predicate.json", """{ "verdict": "good" }""");

        var attested = await Attest(token, "--token", "-", "--out", At("app.dsse"));
        Assert.True(attested.ExitCode == 0, attested.Errors);
        var kid = house.Keys().Current!.Active!.Key.KeyId;
        Assert.Equal($"Attested by {kid}: {At("app.dsse")}\n", attested.Output);
        Assert.Equal(["app.dsse"], Directory.GetFiles(_folder, "app.dsse*").Select(Path.GetFileName));

        var envelope = JsonNode.Parse(await File.ReadAllTextAsync(At("app.dsse")))!;
        var payload = Convert.FromBase64String((string)envelope["payload"]!);
        var claims = InnerDoor.Part(token, 1);
        var expected = $$"""
            {"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"app.tar","digest":{"sha256":"{{digest}}"} }],"predicateType":"{{PredicateType}}",
             "predicate":{"verdict":"good","sallyport_authorization":{"sha256":"{{Hex(Encoding.UTF8.GetBytes(token))}}","iss":"{{InnerDoor.Issuer}}","sub":"service","jti":"{{claims["jti"]}}"} } }
            """;
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(payload)), Encoding.UTF8.GetString(payload));
        Assert.DoesNotContain(token.Split('.')[2], Encoding.UTF8.GetString(payload), StringComparison.Ordinal);

        var record = Assert.Single(Attested());
        Assert.Equal(
            ("attested", "operator", kid, (string?)claims["jti"], "service", Base64Url.EncodeToString(SHA256.HashData(payload))),
            ((string?)record["event"], (string?)record["actor"], (string?)record["kid"], (string?)record["jti"], (string?)record["sub"], (string?)record["sha256"]));

        var proven = await Verify("--subject", At("app.tar"), "--token", token);
        Assert.Equal((0, "proven"), (proven.ExitCode, (string?)proven.Json["outcome"]));
        Assert.Equal(["envelope", "signature", "payload_type", "statement", "subject", "token"], proven.Json["links"]!.AsArray().Select(link => (string?)link!["link"]));
        Assert.Equal((kid, InnerDoor.Issuer, "service"), ((string?)proven.Json["kid"], (string?)proven.Json["issuer"], (string?)proven.Json["authorization"]!["sub"]));

        // Each thing that may be another.
        Assert.Equal((1, "token_mismatch"), await Broken("--token", await house.OwnTokenAsync()));
        await WriteAsync("app.tar", "other contents");
        Assert.Equal((1, "subject_changed"), await Broken("--subject", At("app.tar")));
        await WriteAsync("other.tar", "other contents");
        Assert.Equal((1, "subject_unknown"), await Broken("--subject", At("other.tar")));
        Directory.Move(At("archive"), At("elsewhere"));
        Assert.Equal((3, "key_not_archived"), await Broken());
        Directory.Move(At("elsewhere"), At("archive"));
        Assert.Equal(0, (await Verify()).ExitCode);
        await File.WriteAllTextAsync(At("app.dsse"), token);
        Assert.Equal((1, "envelope_malformed"), await Broken());
    }

    [Fact]
    public async Task Without_a_token_it_is_the_operators_word_and_people_are_told_what_was_not_compared()
    {
        await using var house = await OpenAsync();
        var digests = (await WriteAsync("a", "1"), await WriteAsync("b", ""));
        await WriteAsync("predicate.json", "{}");
        var attested = await Verb.RunAsync("", Arguments("--subject", At("a"), At("b")));
        Assert.True(attested.ExitCode == 0, attested.Errors);
        await File.WriteAllTextAsync(At("app.dsse"), attested.Output);

        var proven = await Verb.RunAsync("", "attest", "verify", At("app.dsse"), "--archive", At("archive"));
        Assert.Equal(0, proven.ExitCode);
        Assert.Contains($"  {digests.Item1}  a\n  {digests.Item2}  b\nNo file was compared: give those at hand by --subject.\n\nProven.\n", proven.Output, StringComparison.Ordinal);
        Assert.Equal((1, "authorization_missing"), await Broken("--token", "a.b.c"));
        Assert.Equal(0, (await Verify("--subject", At("a"), At("b"))).ExitCode);
    }

    [Fact]
    public async Task A_token_that_the_gateway_would_not_accept_authorises_nothing()
    {
        await using var house = await OpenAsync();
        await WriteAsync("app.tar", "contents");
        await WriteAsync("predicate.json", "{}");
        var token = await house.OwnTokenAsync();
        foreach (var (bad, reason) in new[]
        {
            (token[..^4] + (token[^4] == 'A' ? "BAAA" : "AAAA"), "signature_invalid"),
            (await house.OwnTokenAsync(edit => edit.Type = "assertion+jwt"), "type_not_allowed"),
            ("garbage", "token_malformed"),
            ("", "token_malformed"),
        })
        {
            var refused = await Attest(bad, "--token", "-");
            Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
            Assert.Contains(reason, refused.Errors, StringComparison.Ordinal);
            Assert.Empty(Attested());
        }

        Assert.Equal(0, (await Attest(token, "--token", "-")).ExitCode);
    }

    [Fact]
    public async Task What_is_asked_wrongly_is_neither_signed_nor_recorded()
    {
        await using var house = await OpenAsync();
        await WriteAsync("app.tar", "contents");
        await WriteAsync("predicate.json", """{"sallyport_authorization":{"sub":"root"}}""");
        await Refused(1, "only the gateway writes", Arguments("--subject", At("app.tar")));
        await WriteAsync("predicate.json", "{}");
        await Refused(2, "no absolute URI", [.. Arguments("--subject", At("app.tar")).Select(argument => argument == PredicateType ? "review" : argument)]);
        await Refused(2, "cannot be read", Arguments("--subject", At("missing")));
        await Refused(2, "cannot be read", Arguments("--subject", _folder));
        await Refused(2, "cannot be read", Arguments("--subject", "/dev/zero"));
        await Refused(2, "--subject", Arguments());
        await Refused(2, "cannot be read", [.. Arguments("--subject", At("app.tar")).Select(argument => argument == At("predicate.json") ? At("missing") : argument)]);
        Directory.CreateDirectory(At("twice"));
        File.Copy(At("app.tar"), At("twice/app.tar"));
        await Refused(1, "Two subjects are called app.tar", Arguments("--subject", At("app.tar"), At("twice/app.tar")));
        var nowhere = await Verb.RunAsync("", Arguments("--subject", At("app.tar"), "--out", At("no/such/folder")));
        Assert.Equal((1, ""), (nowhere.ExitCode, nowhere.Output));
        Assert.Contains("is recorded, but", nowhere.Errors, StringComparison.Ordinal);

        Assert.Equal(0, (await Verb.RunAsync("", Arguments("--subject", At("app.tar")))).ExitCode);

        async Task Refused(int code, string problem, string[] arguments)
        {
            var refused = await Verb.RunAsync("", arguments);
            Assert.Equal((code, ""), (refused.ExitCode, refused.Output));
            Assert.Contains(problem, refused.Errors, StringComparison.Ordinal);
            Assert.Empty(Attested());
        }
    }

    [Fact]
    public async Task What_cannot_be_recorded_is_not_given_out()
    {
        await using var house = await OpenAsync();
        await WriteAsync("app.tar", "contents");
        await WriteAsync("predicate.json", "{}");
        Assert.Equal(0, (await Verb.RunAsync("", Arguments("--subject", At("app.tar")))).ExitCode);
        await File.AppendAllTextAsync(Directory.GetFiles(At("archive/trail"), "*.jsonl").Max(StringComparer.Ordinal)!, "no record\n");
        var refused = await Verb.RunAsync("", Arguments("--subject", At("app.tar"), "--out", At("app.dsse")));
        Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
        Assert.Contains("Nothing was attested", refused.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(At("app.dsse")));
    }

    [Fact]
    public async Task Keys_in_memory_and_an_empty_ring_sign_nothing()
    {
        await WriteAsync("app.tar", "contents");
        await WriteAsync("predicate.json", "{}");
        await WriteAsync("gateway.json", """{"Sallyport":{"Issuer":{"Issuer":"https://gateway.example.com","Keys":{"Store":"Memory"}},"TrustedIssuers":{"own":{"Audiences":["a"],"Keys":{"Own":true}}}}}""");
        Assert.Contains("in the memory of the gateway", (await Refused()).Errors, StringComparison.Ordinal);

        var json = JsonNode.Parse(await File.ReadAllTextAsync(At("gateway.json")))!;
        json["Sallyport"]!["Issuer"]!["Keys"] = SharedRing.InDirectory(_folder);
        await WriteAsync("gateway.json", json.ToJsonString());
        Assert.Contains("start a gateway first", (await Refused()).Errors, StringComparison.Ordinal);

        async Task<ProcessResult> Refused()
        {
            var refused = await Verb.RunAsync("", Arguments("--subject", At("app.tar")));
            Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
            return refused;
        }
    }

    [Fact]
    public async Task Where_svids_sign_the_key_of_this_workloads_svid_attests_under_its_name()
    {
        var authority = new SpiffeCa();
        var svid = authority.Issue();
        await WriteAsync("app.tar", "contents");
        await WriteAsync("predicate.json", "{}");
        await WriteAsync("svid.pem", svid.ChainPem);
        await WriteAsync("key.pem", svid.KeyPem);
        await WriteAsync("bundle.pem", authority.Pem);
        await WriteAsync("gateway.json", $$"""
            {"Sallyport":{
              "Issuer":{"Issuer":"https://gateway.example.com","Keys":{"Store":"Spiffe"} },
              "Audit":{"Sink":"File","Directory":"{{At("archive")}}"},
              "Identity":{"Source":"Files","Files":{"Certificate":"{{At("svid.pem")}}","Key":"{{At("key.pem")}}","Bundle":"{{At("bundle.pem")}}"} },
              "TrustedIssuers":{"own":{"Audiences":["a"],"Keys":{"Own":true} } } } }
            """);
        var attested = await Verb.RunAsync("", Arguments("--subject", At("app.tar"), "--out", At("app.dsse")));
        Assert.True(attested.ExitCode == 0, attested.Errors);
        Assert.StartsWith("Attested by spiffe://example.org/gateway#", attested.Output, StringComparison.Ordinal);
        Assert.Equal("spiffe://example.org/gateway", (string?)Assert.Single(Attested())["spiffeId"]);

        var proven = await Verify("--trust-bundle", At("bundle.pem"));
        Assert.Equal((0, "proven"), (proven.ExitCode, (string?)proven.Json["outcome"]));
        Assert.Equal("endorsement", (string?)proven.Json["links"]![2]!["link"]);
        await WriteAsync("bundle.pem", new SpiffeCa().Pem);
        Assert.Equal((1, "svid_invalid"), await Broken("--trust-bundle", At("bundle.pem")));
        Assert.Equal(2, (await Verb.RunAsync("", "attest", "verify", At("app.dsse"), "--archive", At("archive"), "--trust-bundle", At("missing"))).ExitCode);
    }

    [Fact]
    public async Task Without_an_archive_on_the_command_line_that_of_the_configuration_is_asked()
    {
        await using var house = await OpenAsync();
        await WriteAsync("app.tar", "contents");
        await WriteAsync("predicate.json", "{}");
        Assert.Equal(0, (await Verb.RunAsync("", Arguments("--subject", At("app.tar"), "--out", At("app.dsse")))).ExitCode);
        string[] verify = ["attest", "verify", At("app.dsse"), "--config", At("gateway.json"), "--environment", "Development"];
        var proven = await Verb.RunAsync("", verify);
        Assert.True(proven.ExitCode == 0, proven.Errors + proven.Output);

        var json = JsonNode.Parse(await File.ReadAllTextAsync(At("gateway.json")))!;
        ((JsonObject)json["Sallyport"]!).Remove("Audit");
        await WriteAsync("gateway.json", json.ToJsonString());
        var nowhere = await Verb.RunAsync("", verify);
        Assert.Equal((2, ""), (nowhere.ExitCode, nowhere.Output));
        Assert.Contains("--archive", nowhere.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_commands_of_the_page_verify_what_the_verb_wrote()
    {
        await using var house = await OpenAsync();
        await WriteAsync("app.tar", "contents");
        await WriteAsync("predicate.json", "{}");
        Assert.Equal(0, (await Verb.RunAsync("", Arguments("--subject", At("app.tar"), "--out", At("app.dsse")))).ExitCode);
        using var ecdsa = System.Security.Cryptography.ECDsa.Create();
        ecdsa.ImportPkcs8PrivateKey(((Gateway.Keys.SigningKey)house.Keys().Current!.Active!.Key).Export(), out _);
        await WriteAsync("key.pem", ecdsa.ExportSubjectPublicKeyInfoPem());

        var page = await File.ReadAllTextAsync(Path.Combine(RepositoryFolder.Path, "docs", "attestations.md"));
        var commands = page.Split("```sh\n")[1].Split("```")[0];
        Assert.Contains("openssl dgst", commands, StringComparison.Ordinal);
        // jq is for people; what it does here is to read one member.
        commands = commands.Replace("jq -j .payload app.dsse", "printf %s \"$PAYLOAD\"", StringComparison.Ordinal).Replace("jq -j '.signatures[0].sig' app.dsse", "printf %s \"$SIG\"", StringComparison.Ordinal);
        Assert.DoesNotContain("jq", commands, StringComparison.Ordinal);
        var envelope = JsonNode.Parse(await File.ReadAllTextAsync(At("app.dsse")))!;
        var start = new System.Diagnostics.ProcessStartInfo("sh", ["-e", "-c", commands]) { WorkingDirectory = _folder, RedirectStandardOutput = true, UseShellExecute = false };
        (start.Environment["PAYLOAD"], start.Environment["SIG"]) = ((string)envelope["payload"]!, (string)envelope["signatures"]![0]!["sig"]!);
        using var shell = System.Diagnostics.Process.Start(start)!;
        Assert.Equal("Verified OK\n", await shell.StandardOutput.ReadToEndAsync());
        await shell.WaitForExitAsync();
        Assert.Equal(0, shell.ExitCode);
    }

    /// <summary>A gateway that shares its ring in the folder, and keeps its public keys in the archive.</summary>
    private Task<House> OpenAsync() => InnerDoor.OpenAsync(json =>
    {
        var keys = SharedRing.InDirectory(_folder);
        json["Sallyport"]!["Audit"] = new JsonObject { ["Sink"] = "File", ["Directory"] = At("archive") };
        json["Sallyport"]!["Issuer"]!["Keys"] = keys;
        File.WriteAllText(At("gateway.json"), json.ToJsonString());
    });

    /// <summary>What the audit trail has of attestations.</summary>
    private List<JsonNode> Attested() => !Directory.Exists(At("archive/trail")) ? [] :
    [
        .. Directory.GetFiles(At("archive/trail"), "*.jsonl").Order(StringComparer.Ordinal).SelectMany(File.ReadAllLines)
            .Select(line => JsonNode.Parse(line)!).Where(record => (string?)record["event"] == "attested"),
    ];

    private string At(string name) => Path.Combine(_folder, name);

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private async Task<string> WriteAsync(string name, string text)
    {
        await File.WriteAllTextAsync(At(name), text);
        return Hex(Encoding.UTF8.GetBytes(text));
    }

    private string[] Arguments(params string[] more) =>
        ["attest", "--predicate", At("predicate.json"), "--type", PredicateType, .. more, "--config", At("gateway.json"), "--environment", "Development"];

    private Task<ProcessResult> Attest(string input, params string[] more) => Verb.RunAsync(input, Arguments(["--subject", At("app.tar"), .. more]));

    private async Task<(int ExitCode, JsonNode Json)> Verify(params string[] more)
    {
        var result = await Verb.RunAsync("", ["attest", "verify", At("app.dsse"), "--archive", At("archive"), "--json", .. more]);
        return (result.ExitCode, JsonNode.Parse(result.Output)!);
    }

    private async Task<(int ExitCode, string? Reason)> Broken(params string[] more)
    {
        var (code, json) = await Verify(more);
        return (code, (string?)json["links"]!.AsArray().First(link => (string?)link!["state"] != "proven")!["reason"]);
    }
}

using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Sallyport.Tests.Cli;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Attestation;

/// <summary>Attesting where gateways share keys and revocations in Redis.</summary>
public sealed class SharedRingTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sallyport-attest-").FullName;
    private RedisServer _redis = null!;

    public async Task InitializeAsync() => _redis = await RedisServer.StartAsync();

    public async Task DisposeAsync()
    {
        await _redis.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_key_in_redis_attests_and_a_token_that_is_or_may_be_revoked_authorises_nothing()
    {
        foreach (var (name, text) in new[] { ("app.tar", "contents"), ("predicate.json", "{}"), ("kek", Convert.ToHexString(RandomNumberGenerator.GetBytes(32))), ("mac", Convert.ToHexString(RandomNumberGenerator.GetBytes(32))) })
            await File.WriteAllTextAsync(At(name), text);
        await using var house = await InnerDoor.OpenAsync(json =>
        {
            json["Sallyport"]!["Redis"] = new JsonObject { ["Configuration"] = _redis.Address, ["MacKey"] = new JsonObject { ["File"] = At("mac") } };
            json["Sallyport"]!["Issuer"]!["Keys"] = new JsonObject { ["Store"] = "Redis", ["KeyEncryptionKey"] = new JsonObject { ["File"] = At("kek") } };
            json["Sallyport"]!["Audit"] = new JsonObject { ["Sink"] = "Redis", ["Directory"] = At("archive") };
            File.WriteAllText(At("gateway.json"), json.ToJsonString());
        });
        var (token, revoked) = (await house.OwnTokenAsync(), await house.OwnTokenAsync());
        var attested = await Attest("--token", token, "--out", At("app.dsse"));
        Assert.True(attested.ExitCode == 0, attested.Errors);
        var without = await Attest();
        Assert.True(without.ExitCode == 0, without.Errors);
        Assert.Equal(0, (await Run("attest", "verify", At("app.dsse"), "--archive", At("archive"), "--token", token)).ExitCode);

        Assert.Equal(0, (await Run("revoke", "--issuer", "own", "--jti", (string)InnerDoor.Part(revoked, 1)["jti"]!)).ExitCode);
        Refused("token_revoked", await Attest("--token", revoked));
        Assert.Equal(0, (await Attest("--token", token)).ExitCode);

        await _redis.Kill();
        Refused("revocations_stale", await Attest("--token", token));
        Refused("Nothing was attested", await Attest());

        static void Refused(string problem, ProcessResult result)
        {
            Assert.Equal((1, ""), (result.ExitCode, result.Output));
            Assert.Contains(problem, result.Errors, StringComparison.Ordinal);
        }
    }

    private string At(string name) => Path.Combine(_folder, name);

    private Task<ProcessResult> Attest(params string[] more) =>
        Run(["attest", "--predicate", At("predicate.json"), "--type", AttestationKit.PredicateType, "--subject", At("app.tar"), .. more]);

    private Task<ProcessResult> Run(params string[] arguments) => Verb.RunAsync("", [.. arguments, "--config", At("gateway.json"), "--environment", "Development"]);
}

using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Ring;

/// <summary>A process that has no key to sign with.</summary>
[Trait("Acceptance", "A2")]
[UnsupportedOSPlatform("windows")]
public sealed class RingStartTests
{
    [Fact]
    public async Task A_ring_that_cannot_be_had_ends_the_start_outside_Development()
    {
        var redis = $"127.0.0.1:{FreePort.Next()}";
        var ended = await Run("Production", Issuer("Redis"), sallyport => sallyport["Redis"] = new JsonObject { ["Configuration"] = redis, ["MacKey"] = new JsonObject { ["Environment"] = "MAC" } });
        Assert.NotEqual(0, ended.ExitCode);
        Assert.Contains("Issuer", ended.Output + ended.Errors, StringComparison.Ordinal);
        Assert.Contains("Redis", ended.Output + ended.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_that_others_may_read_ends_the_start_and_a_tight_one_does_not()
    {
        var directory = Directory.CreateTempSubdirectory("sallyport-ring-");
        try
        {
            File.SetUnixFileMode(directory.FullName, (UnixFileMode)0b111_101_101);
            var ended = await Run("Production", Issuer("File", directory.FullName));
            Assert.NotEqual(0, ended.ExitCode);
            Assert.Contains(directory.FullName, ended.Output + ended.Errors, StringComparison.Ordinal);

            File.SetUnixFileMode(directory.FullName, (UnixFileMode)0b111_000_000);
            await using var started = await Start("Production", Issuer("File", directory.FullName));
            await started.Line("Now listening on: ");
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_key_that_ends_with_the_process_must_be_asked_for_and_shows_in_the_log_and_in_health()
    {
        var silent = await Run("Production", new JsonObject { ["Issuer"] = "https://gateway.example" });
        Assert.NotEqual(0, silent.ExitCode);
        Assert.Contains("Store", silent.Output + silent.Errors, StringComparison.Ordinal);

        await using var started = await Start("Production", Issuer("Memory"));
        var line = await started.Line("Health answers at ");
        await started.Line("Now listening on: ");
        using var client = new HttpClient { BaseAddress = new Uri(line[line.IndexOf("http://", StringComparison.Ordinal)..].Trim().Replace("health/ready", "", StringComparison.Ordinal)) };
        Assert.Contains("phemeral", started.Output + started.Errors, StringComparison.Ordinal);
        var health = JsonNode.Parse(await client.GetStringAsync("health/ready"))!;
        Assert.True((bool)health["signing"]!["ephemeral"]!);
        Assert.Contains("\"kid\"", await client.GetStringAsync("keys"), StringComparison.Ordinal);
    }

    private static JsonObject Issuer(string store, string? directory = null)
    {
        var keys = new JsonObject { ["Store"] = store };
        if (store != "Memory") keys["KeyEncryptionKey"] = new JsonObject { ["Environment"] = "KEK" };
        if (directory is not null) keys["Directory"] = directory;
        return new JsonObject { ["Issuer"] = "https://gateway.example", ["Keys"] = keys };
    }

    private static async Task<ProcessResult> Run(string environment, JsonObject issuer, Action<JsonObject>? edit = null)
    {
        await using var process = await Start(environment, issuer, edit);
        var exitCode = await process.Exit(TimeSpan.FromSeconds(60));
        return new ProcessResult(exitCode, process.Output, process.Errors);
    }

    private static Task<GatewayProcess> Start(string environment, JsonObject issuer, Action<JsonObject>? edit = null)
    {
        var sallyport = new JsonObject { ["Issuer"] = issuer, ["Admin"] = new JsonObject { ["Url"] = "http://127.0.0.1:0" } };
        edit?.Invoke(sallyport);
        var json = new JsonObject { ["Urls"] = "http://127.0.0.1:0", ["Sallyport"] = sallyport };
        string Secret() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        return GatewayProcess.StartAsync(
            ["serve", "--config", "gateway.json"],
            new Dictionary<string, string> { ["DOTNET_ENVIRONMENT"] = environment, ["KEK"] = Secret(), ["MAC"] = Secret() },
            new Dictionary<string, string> { ["gateway.json"] = json.ToJsonString() });
    }
}

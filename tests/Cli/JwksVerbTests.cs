using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Sallyport.Gateway.Trust;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Cli;

public sealed class JwksVerbTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sallyport-jwks-").FullName;
    private IssuerServer _issuer = null!;
    private RecordingUpstream _upstream = null!;
    private RedisServer _redis = null!;
    private JsonObject _json = null!;

    public async Task InitializeAsync()
    {
        _issuer = await IssuerServer.StartAsync(TestKey.New("ES256").PublicJwk("k1", "ES256", "sig"));
        _upstream = await RecordingUpstream.StartAsync();
        _redis = await RedisServer.StartAsync();
        var macKey = Path.Combine(_folder, "mac-key");
        await File.WriteAllTextAsync(macKey, "0123456789abcdef0123456789abcdef");
        _json = House.Configuration(_issuer, _upstream);
        _json["Sallyport"]!["Redis"] = new JsonObject { ["Configuration"] = _redis.Address, ["MacKey"] = new JsonObject { ["File"] = macKey }, ["Timeout"] = "00:00:05" };
        _json["Sallyport"]!["Admin"] = new JsonObject { ["Url"] = $"http://127.0.0.1:{FreePort.Next()}" };
    }

    public async Task DisposeAsync()
    {
        await _redis.DisposeAsync();
        await _upstream.DisposeAsync();
        await _issuer.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Show_says_what_the_process_and_redis_hold()
    {
        await using var gateway = await TestGateway.StartAsync(_json);
        var keys = KeysOf(gateway);
        await Poll.Until(() => keys.IsShared);

        var corp = (await Show()).GetProperty("issuers")[0];
        Assert.Equal("corp", corp.GetProperty("name").GetString());
        Assert.Equal(_issuer.Issuer, corp.GetProperty("issuer").GetString());
        var (process, redis) = (corp.GetProperty("process"), corp.GetProperty("redis"));
        Assert.Equal("Usable", process.GetProperty("state").GetString());
        Assert.Equal(keys.Version, process.GetProperty("version").GetInt64());
        Assert.Equal(keys.Version, redis.GetProperty("version").GetInt64());
        Assert.Equal("free", redis.GetProperty("lease").GetString());
        Assert.Equal(JsonValueKind.Null, redis.GetProperty("problem").ValueKind);
        foreach (var place in (JsonElement[])[process, redis])
        {
            var key = Assert.Single(place.GetProperty("keys").EnumerateArray());
            Assert.Equal(("k1", "EC", "ES256"), (key.GetProperty("kid").GetString(), key.GetProperty("kty").GetString(), key.GetProperty("alg").GetString()));
            Assert.InRange(place.GetProperty("refreshInSeconds").GetInt64(), 200, 300);
            Assert.InRange(place.GetProperty("trustEndsInSeconds").GetInt64(), 86_000, 86_400);
        }

        var text = await Run("jwks", "show", "corp");
        Assert.Equal(0, text.ExitCode);
        Assert.Equal("", text.Errors);
        Assert.Contains("process", text.Output, StringComparison.Ordinal);
        Assert.Contains(Assert.Single(keys.Current!.Keys.Keys).Thumbprint, text.Output, StringComparison.Ordinal);
        Assert.Equal(1, _issuer.JwksHits);
    }

    [Fact]
    public async Task Show_names_what_is_missing_or_forged()
    {
        var nothing = await Show();
        Assert.Contains("no gateway of this configuration answers", nothing.GetProperty("processProblem").GetString(), StringComparison.Ordinal);
        Assert.Equal("nothing lies there", nothing.GetProperty("issuers")[0].GetProperty("redis").GetProperty("problem").GetString());

        await using (var gateway = await TestGateway.StartAsync(_json))
        {
            await Poll.Until(() => KeysOf(gateway).IsShared);
            await using var hand = await _redis.ConnectAsync();
            await hand.GetDatabase().StringAppendAsync(KeysOf(gateway).Shared!.Name.Document, " ");
        }

        var forged = await Show();
        Assert.Contains("not believed", forged.GetProperty("issuers")[0].GetProperty("redis").GetProperty("problem").GetString(), StringComparison.Ordinal);
        await _redis.Kill();
        var away = await Show();
        Assert.Contains("cannot be read", away.GetProperty("issuers")[0].GetProperty("redis").GetProperty("problem").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refresh_reaches_the_running_gateway()
    {
        await using var gateway = await TestGateway.StartAsync(_json);
        var keys = KeysOf(gateway);
        await Poll.Until(() => keys.IsShared);
        _issuer.Publish(TestKey.New("ES256").PublicJwk("k2", "ES256", "sig"));

        var refreshed = await Run("jwks", "refresh", "corp");
        Assert.True(refreshed.ExitCode == 0, refreshed.Errors);
        await Poll.Until(() => keys.Current!.Keys.Keys.Single().KeyId == "k2");
        Assert.Equal(2, _issuer.JwksHits);
        Assert.Contains($"version {keys.Version}", refreshed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refresh_keeps_to_the_cooldown_unless_it_is_forced()
    {
        _issuer.Jwks.Fault = Faults.Status(503);
        var failed = await Run("jwks", "refresh", "corp");
        Assert.Equal(1, failed.ExitCode);
        Assert.Contains("503", failed.Errors, StringComparison.Ordinal);

        _issuer.Jwks.Fault = null;
        var cooling = await Run("jwks", "refresh", "corp");
        Assert.Equal(1, cooling.ExitCode);
        Assert.Contains("--force", cooling.Errors, StringComparison.Ordinal);
        Assert.Equal(1, _issuer.JwksHits);

        var forced = await Run("jwks", "refresh", "corp", "--force", "--json");
        Assert.True(forced.ExitCode == 0, forced.Output);
        Assert.True(JsonDocument.Parse(forced.Output).RootElement.GetProperty("refreshed").GetBoolean());
        Assert.Equal(2, _issuer.JwksHits);
    }

    [Fact]
    public async Task Refresh_says_why_it_cannot()
    {
        Assert.Equal(2, (await Run("jwks", "refresh", "nobody")).ExitCode);
        Assert.Equal(2, (await Run("jwks", "show", "nobody")).ExitCode);

        await _redis.Kill();
        var away = await Run("jwks", "refresh", "corp");
        Assert.Equal(1, away.ExitCode);
        Assert.Contains("Redis is away", away.Errors, StringComparison.Ordinal);

        _json["Sallyport"]!.AsObject().Remove("Redis");
        var alone = await Run("jwks", "refresh", "corp");
        Assert.Equal(1, alone.ExitCode);
        Assert.Contains("Sallyport:Redis", alone.Errors, StringComparison.Ordinal);
        Assert.Equal(0, _issuer.JwksHits);
    }

    private static RemoteKeys KeysOf(TestGateway gateway) => (RemoteKeys)gateway.Services.GetRequiredService<TrustedIssuers>().Current!.Issuers[0].Keys;

    private async Task<JsonElement> Show()
    {
        var shown = await Run("jwks", "show", "--json");
        Assert.True(shown.ExitCode == 0, shown.Errors);
        return JsonDocument.Parse(shown.Output).RootElement;
    }

    private async Task<ProcessResult> Run(params string[] arguments)
    {
        var file = Path.Combine(_folder, "gateway.json");
        await File.WriteAllTextAsync(file, _json.ToJsonString());
        return await Verb.RunAsync((string?)null, [.. arguments, "--config", file, "--environment", "Development"]);
    }
}

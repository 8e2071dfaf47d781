using System.Text.Json;
using System.Text.Json.Nodes;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Cli;

public sealed class TokenVerifyVerbTests
{
    private readonly Shop _shop = new();

    [Fact]
    public async Task A_good_token_is_accepted_with_its_principal()
    {
        var text = await Verb.RunAsync(_shop.Configuration(), null, "token", "verify", _shop.Token());
        Assert.Equal(0, text.ExitCode);
        Assert.StartsWith("Accepted", text.Output);
        Assert.Contains("alice", text.Output);

        var (exitCode, root) = await Json(_shop.Token());
        Assert.Equal(0, exitCode);
        Assert.True(root.GetProperty("verified").GetBoolean());
        var principal = root.GetProperty("principal");
        Assert.Equal("corp", principal.GetProperty("issuerName").GetString());
        Assert.Equal("alice", principal.GetProperty("subject").GetString());
        Assert.Equal("acme", principal.GetProperty("claims").GetProperty("org_id").GetString());
        Assert.Equal("k1", root.GetProperty("key").GetString());
    }

    [Fact]
    public async Task A_shared_secret_is_called_so_where_another_key_has_a_name()
    {
        // A line end at the end of a secret's file is not part of the secret.
        var key = TestKey.New("HS256");
        while (key.Secret[^1] is (byte)'\n' or (byte)'\r') key = TestKey.New("HS256");
        var configuration = _shop.Configuration();
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(file, key.Secret.ToArray());
            configuration["Sallyport"]!["TrustedIssuers"]!["corp"]!["Keys"] = new JsonObject { ["Secret"] = new JsonObject { ["File"] = file } };
            configuration["Sallyport"]!["TrustedIssuers"]!["corp"]!["Algorithms"] = new JsonArray("HS256");
            var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
            var token = TokenForge.Token(key, new JsonObject { ["iss"] = Shop.Issuer, ["aud"] = "shop", ["sub"] = "cron", ["iat"] = now, ["exp"] = now + 600 });

            var text = await Verb.RunAsync(configuration, null, "token", "verify", token);
            Assert.Equal(0, text.ExitCode);
            Assert.Matches(@"Key: +secret\r?\n", text.Output);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Refusals_carry_the_reason_and_the_step()
    {
        var past = DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 3600;
        await Refused(_shop.Token(claims => (claims["iat"], claims["exp"]) = (past, past + 60)), "token_expired", "Claims");
        await Refused(_shop.Token(claims => claims["aud"] = "another"), "audience_mismatch", "Claims");
        await Refused(_shop.Token(claims => claims["iss"] = "https://evil.example"), "issuer_unknown", "Key");
        await Refused(TokenForge.Tampered(_shop.Token()), "signature_invalid", "Signature");
        await Refused("garbage", "token_malformed", "Token");
        await Refused("\x1b[31m.\0.x", "token_malformed", "Token");
        await Refused(new string('A', 20_000), "token_too_long", "Token");

        async Task Refused(string token, string reason, string step)
        {
            var (exitCode, root) = await Json(token);
            Assert.Equal(1, exitCode);
            Assert.Equal((false, reason, step), (root.GetProperty("verified").GetBoolean(), root.GetProperty("reason").GetString(), root.GetProperty("step").GetString()));
        }
    }

    [Fact]
    public async Task A_named_issuer_must_be_the_tokens()
    {
        Assert.Equal(0, (await Json(_shop.Token(), "--issuer", "corp")).ExitCode);
        var (exitCode, root) = await Json(_shop.Token(), "--issuer", "partner");
        Assert.Equal((1, "issuer_not_allowed"), (exitCode, root.GetProperty("reason").GetString()));
        Assert.False(root.TryGetProperty("principal", out _));

        var unknown = await Verb.RunAsync(_shop.Configuration(), null, "token", "verify", _shop.Token(), "--issuer", "nobody");
        Assert.Equal(2, unknown.ExitCode);
        Assert.Contains("corp, partner", unknown.Errors);
    }

    [Fact]
    public async Task Keys_are_fetched_and_keys_that_cannot_be_had_are_an_outage_and_no_bad_token()
    {
        var key = TestKey.New("ES256");
        await using var issuer = await IssuerServer.StartAsync(key.PublicJwk("remote", "ES256"));
        var configuration = _shop.Configuration();
        configuration["Sallyport"]!["TrustedIssuers"]!["partner"] = new JsonObject
        {
            ["Issuer"] = issuer.Issuer, ["Audiences"] = new JsonArray("shop"), ["Keys"] = new JsonObject { ["JwksUri"] = issuer.JwksUri },
        };
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var token = TokenForge.Token(key, new JsonObject { ["iss"] = issuer.Issuer, ["aud"] = "shop", ["sub"] = "bob", ["iat"] = now, ["exp"] = now + 60 }, "remote");
        // http is for Development only.
        Assert.Equal(1, (await Verb.RunAsync(configuration, null, "token", "verify", token)).ExitCode);

        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, configuration.ToJsonString());
        string[] arguments = ["token", "verify", "--json", token, "--config", file, "--environment", "Development"];
        var accepted = await Verb.RunAsync("", arguments);
        Assert.Equal(0, accepted.ExitCode);
        Assert.Equal(1, issuer.JwksHits);

        await issuer.Stop();
        var unavailable = await Verb.RunAsync("", arguments);
        File.Delete(file);
        Assert.Equal(1, unavailable.ExitCode);
        Assert.Equal("keys_unavailable", JsonDocument.Parse(unavailable.Output).RootElement.GetProperty("reason").GetString());
    }

    [Fact]
    public async Task Standard_input_works_through_the_binary()
    {
        var files = new Dictionary<string, string> { ["shop.json"] = _shop.Configuration().ToJsonString() };
        var good = await GatewayProcess.RunAsync(["token", "verify", "-", "--config", "shop.json"], files: files, input: $"Bearer {_shop.Token()}\n");
        Assert.Equal(0, good.ExitCode);
        Assert.StartsWith("Accepted", good.Output);
        var bad = await GatewayProcess.RunAsync(["token", "verify", "-", "--config", "shop.json"], files: files, input: "");
        Assert.Equal(1, bad.ExitCode);
        Assert.Contains("token_malformed", bad.Output);
    }

    private async Task<(int ExitCode, JsonElement Root)> Json(string token, params string[] more)
    {
        var result = await Verb.RunAsync(_shop.Configuration(), token, ["token", "verify", "-", "--json", .. more]);
        return (result.ExitCode, JsonDocument.Parse(result.Output).RootElement);
    }
}

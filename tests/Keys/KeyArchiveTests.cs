using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;
using Sallyport.Gateway.Audit;
using Sallyport.Gateway.Keys;
using Sallyport.Tests.Cli;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Keys;

public sealed class KeyArchiveTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sallyport-archive-").FullName;
    private readonly FakeClock _clock = new(DateTimeOffset.UtcNow);

    private string Keys => Path.Combine(_folder, "keys");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    [Trait("Acceptance", "A3")]
    [Trait("Acceptance", "A8")]
    public async Task A_token_verifies_offline_after_its_key_has_left_the_ring_and_is_unverifiable_without_the_archive()
    {
        await using var process = RingProcess.Of(new MemoryKeyStore(_clock), clock: _clock, archive: new KeyArchive(Keys));
        await process.StepAsync();
        var (key, token) = (process.ActiveKey, Token(process, RingKit.Issuer));
        for (var i = 0; i < 4; i++)
        {
            _clock.Advance(RingKit.Options.Life / 2);
            await process.StepAsync();
        }

        Assert.DoesNotContain(key, process.Published);
        var verified = await Verify(token);
        Assert.Equal((0, "verified", key, RingKit.Issuer), (verified.ExitCode, (string?)verified.Json["outcome"], (string?)verified.Json["kid"], (string?)verified.Json["issuer"]));

        var tampered = await Verify(token[..^2] + (token[^2] == 'A' ? "BA" : "AA"));
        Assert.Equal((1, "refused", "signature_invalid"), (tampered.ExitCode, (string?)tampered.Json["outcome"], (string?)tampered.Json["reason"]));

        File.Delete(Path.Combine(Keys, key + ".json"));
        var gone = await Verify(token);
        Assert.Equal((1, "unverifiable", "key_not_archived"), (gone.ExitCode, (string?)gone.Json["outcome"], (string?)gone.Json["reason"]));
        Assert.StartsWith("Unverifiable", (await Verb.RunAsync("", "token", "verify", token, "--archive", _folder)).Output);
    }

    [Fact]
    public async Task A_token_of_another_issuer_than_the_keys_or_older_than_its_key_is_refused()
    {
        await using var process = RingProcess.Of(new MemoryKeyStore(_clock), clock: _clock, archive: new KeyArchive(Keys));
        await process.StepAsync();
        Assert.Equal("issuer_mismatch", (string?)(await Verify(Token(process, "https://other.example"))).Json["reason"]);
        Assert.Equal("issued_before_key", (string?)(await Verify(Token(process, RingKit.Issuer, issuedBefore: 3600))).Json["reason"]);
        Assert.Equal("verified", (string?)(await Verify(Token(process, RingKit.Issuer))).Json["reason"]);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("")]
    [InlineData("[1")]
    [InlineData("{\"issuer\":\"\\ud800\"}")]
    public async Task A_damaged_archive_verifies_nothing_and_a_key_that_it_does_not_hold_signs_nothing(string damage)
    {
        var store = new MemoryKeyStore(_clock);
        await using var process = RingProcess.Of(store, clock: _clock, archive: new KeyArchive(Keys));
        await process.StepAsync();
        var (key, token) = (process.ActiveKey, Token(process, RingKit.Issuer));
        var path = Path.Combine(Keys, key + ".json");
        var good = await File.ReadAllBytesAsync(path);
        await File.WriteAllTextAsync(path, damage);
        Assert.Equal("archive_damaged", (string?)(await Verify(token)).Json["reason"]);

        await using var late = RingProcess.Of(store, clock: _clock, archive: new KeyArchive(Keys));
        await late.StepAsync();
        Assert.Null(late.Keys.Current!.Active);
        Assert.Contains("holds something else", late.Keys.Current.Problem);
        Assert.Equal(damage, await File.ReadAllTextAsync(path));

        await File.WriteAllBytesAsync(path, good);
        await late.StepAsync();
        Assert.Equal(key, late.ActiveKey);
    }

    [Theory]
    [InlineData("../../../../../../../../../../../etc/passwd")]
    [InlineData("kid")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/A")]
    public void Nothing_but_a_thumbprint_is_looked_for(string keyId)
    {
        var archive = new KeyArchive(Keys);
        Assert.Null(archive.Find(keyId));
        Assert.Throws<IOException>(() => archive.Keep(keyId, "{}"u8));
        Assert.Empty(Directory.GetFiles(_folder, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void What_is_kept_is_never_replaced()
    {
        var archive = new KeyArchive(Keys);
        var name = new string('A', 43);
        Parallel.For(0, 20, i => archive.Keep(name, Encoding.ASCII.GetBytes($"{{\"by\":{i}}}")));
        var first = archive.Find(name)!;
        archive.Keep(name, "{}"u8);
        Assert.Equal(first, archive.Find(name));
        Assert.Single(Directory.GetFiles(Keys));
    }

    private string Token(RingProcess process, string issuer, long issuedBefore = 0)
    {
        var key = (SigningKey)process.Keys.Current!.Active!.Key;
        var now = _clock.GetUtcNow().ToUnixTimeSeconds() - issuedBefore;
        var signed = $"{Encode($$"""{"alg":"{{key.Algorithm}}","kid":"{{key.KeyId}}","typ":"at+jwt"}""")}.{Encode($$"""{"iss":"{{issuer}}","sub":"s","aud":"a","iat":{{now}},"exp":{{now + 300}}}""")}";
        return $"{signed}.{Base64Url.EncodeToString(key.Sign(Encoding.ASCII.GetBytes(signed)))}";

        static string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
    }

    private async Task<(int ExitCode, JsonNode Json)> Verify(string token)
    {
        var result = await Verb.RunAsync("", "token", "verify", token, "--archive", _folder, "--json");
        return (result.ExitCode, JsonNode.Parse(result.Output)!);
    }
}

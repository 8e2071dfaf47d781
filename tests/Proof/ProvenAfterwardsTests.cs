using System.Buffers.Text;
using System.Runtime.Versioning;
using System.Text;
using System.Text.Json.Nodes;
using Sallyport.Tests.Fleet;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Proof;

/// <summary>A token is proven on another machine, when the process that signed it is gone, its key rotated and its JWK Set entry pruned.</summary>
[Collection(Fleets.Name)]
[UnsupportedOSPlatform("windows")]
public sealed class ProvenAfterwardsTests
{
    [Fact]
    [Trait("Acceptance", "A1")]
    [Trait("Acceptance", "A4")]
    [Trait("Acceptance", "A5")]
    [Trait("Acceptance", "A8")]
    [Trait("Acceptance", "A9")]
    [Trait("Acceptance", "A10")]
    public async Task A_token_is_proven_from_the_archive_when_its_process_its_key_and_its_identity_document_are_gone()
    {
        var authority = new SpiffeCa();
        await using var gateway = new ProvableGateway(authority);
        await gateway.RenewSvidAsync();
        await gateway.StartAsync();
        var token = await gateway.TokenAsync();
        var signedBy = HeaderOf(token);
        Assert.Contains($"\"kid\":\"{signedBy}\"", await File.ReadAllTextAsync(Directory.GetFiles(Path.Combine(gateway.Archive, "trail"), "*.jsonl").Order(StringComparer.Ordinal).Last()), StringComparison.Ordinal);
        var first = await gateway.EndorsementAsync(signedBy);
        Assert.NotNull(first);

        // Another SVID, without a restart: what comes next is endorsed by it.
        var renewed = await gateway.RenewSvidAsync();
        var later = "";
        await Poll.Until(
            async () =>
            {
                later = await gateway.TokenAsync();
                return HeaderOf(later) != signedBy && !(await gateway.PublishedAsync()).Contains(signedBy) && EndorserOf(await gateway.EndorsementAsync(HeaderOf(later))) == Convert.ToBase64String(renewed.Chain[0]);
            },
            TimeSpan.FromSeconds(60),
            "the first key is gone, and the next one is endorsed by the new identity document");
        await gateway.StopAsync();

        // Another machine: nothing but the archive and the authority's bundle.
        using var elsewhere = new CopiedArchive(gateway.Archive, authority.Pem);
        foreach (var old in new[] { token, later }) await elsewhere.ProvesAsync(old);
        await elsewhere.RunsAsWrittenAsync(token);

        // Nobody vouches for it under another authority, and no one else's claims pass under its name.
        var stranger = elsewhere.Put("stranger.pem", new SpiffeCa().Pem);
        Assert.Equal("failed", (await elsewhere.VerifyAsync(1, "--token", token, "--trust-bundle", stranger))["links"]!.AsArray().Single(link => (string)link!["link"]! == "svid")!["outcome"]!.GetValue<string>());
        await elsewhere.VerifyAsync(1, "--token", Swapped(token), "--trust-bundle", elsewhere.Bundle);

        // Without the key there is no proof, and without an authority none of who signed.
        await elsewhere.VerifyAsync(3, "--token", token);
        elsewhere.Delete(Path.Combine("keys", signedBy + ".json"));
        await elsewhere.VerifyAsync(3, "--token", token, "--trust-bundle", elsewhere.Bundle);
        await elsewhere.ProvesAsync(later);
    }

    [Fact]
    [Trait("Acceptance", "B7")]
    public async Task What_was_handed_out_before_a_crash_is_in_the_trail_after_it()
    {
        await using var gateway = new ProvableGateway(new SpiffeCa());
        await gateway.RenewSvidAsync();
        var handedOut = new List<string>();
        for (var crash = 0; crash < 3; crash++)
        {
            await gateway.StartAsync();
            using var enough = new CancellationTokenSource();
            var clients = Enumerable.Range(0, 8).Select(_ => MintAsync(gateway, handedOut, enough)).ToList();
            await Poll.Until(() => Count(handedOut) >= 40 * (crash + 1), TimeSpan.FromSeconds(30), "tokens are handed out");
            await gateway.KillAsync();
            await enough.CancelAsync();
            await Task.WhenAll(clients);
        }

        await gateway.StartAsync();
        await gateway.StopAsync();
        using var elsewhere = new CopiedArchive(gateway.Archive, gateway.Authority.Pem);
        await elsewhere.VerifyAsync(0, "--trust-bundle", elsewhere.Bundle);
        var trail = elsewhere.Trail();
        Assert.All(handedOut, token => Assert.Contains($"\"sha256\":\"{Base64Url.EncodeToString(System.Security.Cryptography.SHA256.HashData(Encoding.ASCII.GetBytes(token)))}\"", trail, StringComparison.Ordinal));
    }

    private static async Task MintAsync(ProvableGateway gateway, List<string> handedOut, CancellationTokenSource enough)
    {
        while (!enough.IsCancellationRequested)
        {
            try
            {
                using var answer = await gateway.AskAsync();
                if (!answer.IsSuccessStatusCode) continue;
                var token = (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["access_token"]!;
                lock (handedOut) handedOut.Add(token);
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                // It was killed under way: this one was not handed out.
                if (enough.IsCancellationRequested) return;
                await Task.Yield();
            }
        }
    }

    private static int Count(List<string> tokens)
    {
        lock (tokens) return tokens.Count;
    }

    /// <summary>The same header and signature, with another subject.</summary>
    private static string Swapped(string token)
    {
        var parts = token.Split('.');
        var claims = JsonNode.Parse(Base64Url.DecodeFromChars(parts[1]))!;
        claims["sub"] = "somebody-else";
        return $"{parts[0]}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims.ToJsonString()))}.{parts[2]}";
    }

    private static string HeaderOf(string token) => (string)JsonNode.Parse(Base64Url.DecodeFromChars(token.AsSpan(0, token.IndexOf('.', StringComparison.Ordinal))))!["kid"]!;

    private static string? EndorserOf(string? endorsement) =>
        endorsement is null ? null : (string)JsonNode.Parse(Base64Url.DecodeFromChars(endorsement.AsSpan(0, endorsement.IndexOf('.', StringComparison.Ordinal))))!["x5c"]![0]!;
}

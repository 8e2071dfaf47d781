using System.Text;
using System.Text.Json;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Cli;

public sealed class TokenInspectVerbTests
{
    [Fact]
    public async Task A_token_is_shown_unverified_with_its_times_in_words()
    {
        var token = new Shop().Token(claims => (claims["exp"], claims["iat"]) = (1_700_000_600, 1_700_000_000));
        var result = await Verb.RunAsync("", "token", "inspect", token);
        Assert.Equal(0, result.ExitCode);
        Assert.StartsWith("UNVERIFIED", result.Output);
        Assert.Contains("\"kid\": \"k1\"", result.Output);
        Assert.Contains("\"exp\": 1700000600   // 2023-11-14 22:23:20 UTC, ", result.Output);
        Assert.Contains(" ago", result.Output);
    }

    [Fact]
    public async Task Machines_read_that_nothing_is_verified()
    {
        var result = await Verb.RunAsync("", "token", "inspect", "--json", new Shop().Token(claims => claims["nbf"] = 1_700_000_000));
        Assert.Equal(0, result.ExitCode);
        var root = JsonDocument.Parse(result.Output).RootElement;
        Assert.False(root.GetProperty("verified").GetBoolean());
        Assert.Equal("ES256", root.GetProperty("header").GetProperty("alg").GetString());
        Assert.Equal("alice", root.GetProperty("claims").GetProperty("sub").GetString());
        Assert.Equal("2023-11-14T22:13:20Z", root.GetProperty("times").GetProperty("nbf").GetString());
        Assert.Equal(JsonValueKind.Null, root.GetProperty("fault").ValueKind);
    }

    [Theory]
    [InlineData("Bearer {0}")]
    [InlineData("  bearer   {0}\r\n")]
    [InlineData("\n{0}\n")]
    public async Task Standard_input_may_have_the_scheme_and_white_space_around(string form)
    {
        var result = await Verb.RunAsync(string.Format(form, new Shop().Token()), "token", "inspect", "-");
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("\"sub\": \"alice\"", result.Output);
    }

    [Fact]
    public async Task A_malformed_token_is_decoded_as_far_as_it_can_be_and_its_fault_is_named()
    {
        var good = new Shop().Token();
        var parts = good.Split('.');

        var unsigned = await Json($"{parts[0]}.{parts[1]}.");
        Assert.Equal("alice", unsigned.GetProperty("claims").GetProperty("sub").GetString());

        var two = await Json($"{parts[0]}.{parts[1]}");
        Assert.Equal("token_malformed", Fault(two));
        Assert.Equal("alice", two.GetProperty("claims").GetProperty("sub").GetString());

        var none = await Json($"{TokenForge.Encode("""{"alg":"none"}""")}.{parts[1]}.");
        Assert.Equal("algorithm_none", Fault(none));
        Assert.Equal("none", none.GetProperty("header").GetProperty("alg").GetString());

        var text = await Json($"{parts[0]}.{TokenForge.Encode("just text")}.{parts[2]}");
        Assert.Equal("claims_malformed", Fault(text));
        Assert.Equal("just text", text.GetProperty("claimsText").GetString());

        var padded = await Json($"{parts[0]}==.{parts[1]}.{parts[2]}");
        Assert.Equal("token_malformed", Fault(padded));
        Assert.Equal("ES256", padded.GetProperty("header").GetProperty("alg").GetString());

        var twice = await Json($"{TokenForge.Encode("""{"alg":"ES256","alg":"none"}""")}.{parts[1]}.{parts[2]}");
        Assert.Equal("header_invalid", Fault(twice));

        static string? Fault(JsonElement root) => root.GetProperty("fault").GetProperty("reason").GetString();
        static async Task<JsonElement> Json(string token)
        {
            var result = await Verb.RunAsync("", "token", "inspect", "--json", token);
            var root = JsonDocument.Parse(result.Output).RootElement;
            Assert.Equal(root.GetProperty("fault").ValueKind == JsonValueKind.Null ? 0 : 1, result.ExitCode);
            return root;
        }
    }

    [Theory]
    [InlineData("\\u001b[2J\\u001b]0;owned\\u0007")]
    [InlineData("\\u009b31m")]
    [InlineData("abc\\u202edcba")]
    [InlineData("x\\u200by\\ufeff")]
    [InlineData("\\ud800 alone")]
    [InlineData("line\\nbreak\\rand\\u0085more\\u2028")]
    public async Task Nothing_that_a_token_says_steers_the_terminal(string hostile)
    {
        var key = TestKey.New("ES256");
        var token = key.Sign($$"""{"alg":"ES256","kid":"{{hostile}}"}""", $$"""{"sub":"{{hostile}}","{{hostile}}":[{"{{hostile}}":"{{hostile}}"}]}""");
        foreach (var arguments in (string[][])[["token", "inspect", token], ["token", "inspect", "--json", token]])
        {
            var result = await Verb.RunAsync("", arguments);
            Assert.All(result.Output.Where(c => c is not ('\n' or '\r')), c => Assert.False(char.IsControl(c) || c is '\u202e' or '\u200b' or '\ufeff' or '\u2028' || char.IsSurrogate(c)));
            if (arguments.Length == 4) JsonDocument.Parse(result.Output).Dispose();
        }
    }

    [Fact]
    public async Task Text_that_is_no_JSON_does_not_steer_the_terminal_either()
    {
        var result = await Verb.RunAsync("", "token", "inspect", TokenForge.Encode("\x1b[2J") + "." + TokenForge.Encode("{\x1b[2J") + ".AA");
        Assert.Equal(1, result.ExitCode);
        Assert.DoesNotContain('\x1b', result.Output);
        Assert.Contains("\\u001b[2J", result.Output);
    }

    [Fact]
    public async Task Binary_garbage_and_floods_are_answered_with_a_fault()
    {
        var random = new Random(7);
        foreach (var length in (int[])[0, 1, 100, 10_000, 2_000_000])
        {
            var bytes = new byte[length];
            random.NextBytes(bytes);
            var result = await Verb.RunAsync(bytes, "token", "inspect", "-");
            Assert.Equal(1, result.ExitCode);
            Assert.Contains("Not well formed", result.Output);
        }

        var flood = await Verb.RunAsync(Encoding.ASCII.GetBytes(new string('.', 2_000_000)), "token", "inspect", "--json", "-");
        Assert.Equal(1, flood.ExitCode);
        Assert.Equal("token_too_long", JsonDocument.Parse(flood.Output).RootElement.GetProperty("fault").GetProperty("reason").GetString());

        var deep = TokenForge.Encode("""{"alg":"ES256"}""") + "." + TokenForge.Encode(string.Concat(Enumerable.Repeat("[", 100_000))) + ".AA";
        Assert.Equal(1, (await Verb.RunAsync(deep, "token", "inspect", "-")).ExitCode);
    }
}

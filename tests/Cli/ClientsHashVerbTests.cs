using System.Text;
using System.Text.Json.Nodes;
using Sallyport.Gateway.Issuing;

namespace Sallyport.Tests.Cli;

public class ClientsHashVerbTests
{
    [Theory]
    [InlineData("correct horse battery", "correct horse battery")]
    [InlineData("correct horse battery\n", "correct horse battery")]
    [InlineData("correct horse battery\r\n", "correct horse battery")]
    [InlineData("  p\u00e4ssw\u00f6rt mit Rand  ", "  p\u00e4ssw\u00f6rt mit Rand  ")]
    public async Task The_secret_of_standard_input_becomes_a_hash_that_it_matches(string input, string secret)
    {
        var result = await Verb.RunAsync(input, "clients", "hash");

        Assert.Equal(0, result.ExitCode);
        Assert.True(ClientSecretHash.TryParse(result.Output.TrimEnd(), out var hash, out _));
        Assert.Equal(ClientSecretHash.UsualIterations, hash.Iterations);
        Assert.True(hash.Matches(Encoding.UTF8.GetBytes(secret)));
        Assert.False(hash.Matches(Encoding.UTF8.GetBytes(secret + "x")));
        Assert.DoesNotContain(secret.Trim(), result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_generated_secret_is_another_every_time()
    {
        var first = JsonNode.Parse((await Verb.RunAsync("", "clients", "hash", "--generate", "--json")).Output)!;
        var text = (await Verb.RunAsync("", "clients", "hash", "--generate")).Output;

        Assert.True(ClientSecretHash.TryParse((string)first["hash"]!, out var hash, out _));
        Assert.True(hash.Matches(Encoding.UTF8.GetBytes((string)first["secret"]!)));
        Assert.Matches("^Secret:     [A-Za-z0-9_-]{43}\nSecretHash: pbkdf2-sha256\\$600000\\$", text);
        Assert.DoesNotContain((string)first["secret"]!, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("too short\n")]
    [InlineData("a line\nand another one")]
    public async Task What_can_be_no_secret_is_refused(string input)
    {
        var result = await Verb.RunAsync(input, "clients", "hash");

        Assert.Equal(2, result.ExitCode);
        Assert.Empty(result.Output);
    }

    [Fact]
    public async Task What_is_no_text_or_too_long_is_refused()
    {
        Assert.Equal(2, (await Verb.RunAsync([.. Enumerable.Repeat((byte)0xFF, 20)], "clients", "hash")).ExitCode);
        Assert.Equal(2, (await Verb.RunAsync(new string('x', ClientSecretHash.MaxSecretBytes + 1), "clients", "hash")).ExitCode);
        Assert.Equal(0, (await Verb.RunAsync(new string('x', ClientSecretHash.MaxSecretBytes), "clients", "hash")).ExitCode);
    }
}

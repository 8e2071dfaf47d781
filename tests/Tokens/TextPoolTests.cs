using System.Text;
using System.Text.Json;
using Sallyport.Gateway.Tokens;
using Sallyport.Policies;

namespace Sallyport.Tests.Tokens;

/// <summary>What tokens have in common is kept once, and no text is ever taken for another.</summary>
public sealed class TextPoolTests
{
    [Fact]
    public void What_two_tokens_have_in_common_is_one_object()
    {
        const string Token = """{"iss":"https://pool.example","aud":"pool-api","exp":1900000001,"scope":"pool:read pool:write","org_id":"pool-acme"}""";
        // Another test's token may take a slot over at any moment.
        Assert.Contains(Enumerable.Range(0, 100), _ => IsOneObject(Read(Token), Read(Token)));
    }

    [Theory]
    [InlineData("""{"a":"\u0061\n"}""", "a", "a\n")]
    [InlineData("""{"\u0061b":"x"}""", "ab", "x")]
    [InlineData("""{"name":"J\u00fcrgen"}""", "name", "Jürgen")]
    [InlineData("""{"name":"Jürgen"}""", "name", "Jürgen")]
    [InlineData("""{"":""}""", "", "")]
    [InlineData("""{"a":" 1 "}""", "a", " 1 ")]
    [InlineData("""{"a":1.50e3}""", "a", "1.50e3")]
    [InlineData("""{"a":-0}""", "a", "-0")]
    public void Names_and_values_are_what_the_token_says_each_time(string json, string name, string value)
    {
        for (var i = 0; i < 3; i++) Assert.Equal((name, value), Read(json).All.Select(claim => (claim.Key, claim.Value.Text)).Single());
    }

    [Theory]
    [InlineData("""{"a":"\ud800"}""")]
    [InlineData("""{"\ud800":"a"}""")]
    [InlineData("""{"aud":["\ud800"]}""")]
    [InlineData("""{"scope":["\ud800"]}""")]
    public void A_lone_surrogate_is_refused_wherever_it_stands(string json) =>
        Assert.False(ClaimsSet.TryParse(Encoding.UTF8.GetBytes(json), out _, out _));

    /// <summary>Far more texts than there are slots, from several threads: slots are taken over all the time.</summary>
    [Fact]
    public async Task No_text_is_taken_for_another()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < 20_000; i++)
            {
                var text = $"text {(i * 7) + thread} of many";
                var element = JsonElement.Parse($"\"{text}\"");
                Assert.Equal(text, TextPool.TextOf(element));
                Assert.Equal(text, TextPool.Of($"text {(i * 7) + thread} of many"));
                Assert.Equal(["text", $"{(i * 7) + thread}", "of", "many"], TextPool.Split(text));
                Assert.Equal([text], TextPool.Single(text));
            }
        })));
    }

    [Fact]
    public void A_long_text_is_not_kept()
    {
        var text = new string('x', 65);
        Assert.NotSame(TextPool.TextOf(JsonElement.Parse($"\"{text}\"")), TextPool.TextOf(JsonElement.Parse($"\"{text}\"")));
        Assert.NotSame(TextPool.Single(text), TextPool.Single(text));
        var kept = $"\"{text[..64]}\"";
        Assert.Contains(Enumerable.Range(0, 100), _ => ReferenceEquals(TextPool.TextOf(JsonElement.Parse(kept)), TextPool.TextOf(JsonElement.Parse(kept))));
    }

    private static bool IsOneObject(ClaimsSet one, ClaimsSet other) =>
        ReferenceEquals(one.Issuer, other.Issuer) && ReferenceEquals(one.Audiences, other.Audiences) && ReferenceEquals(one.Scopes, other.Scopes)
        && one.All.Zip(other.All).All(pair => ReferenceEquals(pair.First.Key, pair.Second.Key) && ReferenceEquals(pair.First.Value.Text, pair.Second.Value.Text));

    private static ClaimsSet Read(string json)
    {
        Assert.True(ClaimsSet.TryParse(Encoding.UTF8.GetBytes(json), out var claims, out _));
        return claims;
    }
}

using Sallyport.LoadTests.Compare;
using Sallyport.LoadTests.Parts;

namespace Sallyport.Tests.LoadTests;

/// <summary>What the comparison sends: nobody gets an easier load than those it is compared with.</summary>
public sealed class RoundTokensTests
{
    private const int Requests = 40;

    [Fact]
    public async Task A_line_of_new_tokens_sends_each_of_them_once_and_another_line_one_token_only()
    {
        using var forge = new TokenForge();
        var tokens = await RoundTokens.SignAsync(forge, ComparedLine.All, Requests);

        Assert.All(ComparedLine.All, line => Assert.Equal(line.IsNew ? Requests : 1, Sent(tokens, line).Distinct(StringComparer.Ordinal).Count()));
    }

    [Fact]
    public async Task A_line_is_compared_with_bare_YARP_that_gets_the_same_requests()
    {
        using var forge = new TokenForge();
        var tokens = await RoundTokens.SignAsync(forge, ComparedLine.All, Requests);

        foreach (var line in ComparedLine.All)
        {
            var bare = Assert.Single(ComparedLine.All, other => other.Name == line.Yardstick);
            Assert.Equal(Contender.Bare, bare.Proxy);
            var (ours, theirs) = (Sent(tokens, line), Sent(tokens, bare));
            // There is no line of bare YARP for EdDSA: a token of ES256 is as long, but for a character of its name.
            if (line.Algorithm == "EdDSA") Assert.All(ours.Zip(theirs), pair => Assert.InRange(pair.First.Length - pair.Second.Length, -4, 4));
            else Assert.Equal(theirs, ours);
        }
    }

    private static string[] Sent(RoundTokens tokens, ComparedLine line) => [.. tokens.Requests(line).Select(request => System.Text.Encoding.ASCII.GetString(request.Span))];
}

using Sallyport.LoadTests.Flat;

namespace Sallyport.Tests.LoadTests;

public sealed class CrowdTests
{
    [Theory]
    [InlineData("ES256")]
    [InlineData("EdDSA")]
    public void No_token_is_like_another_and_each_issuer_signs_as_many(string algorithm)
    {
        using var crowd = Crowd.Of(5);
        string[] tokens = [.. crowd.Tokens(algorithm, 50), .. crowd.Tokens(algorithm, 50)];

        Assert.Equal(100, tokens.Distinct(StringComparer.Ordinal).Count());
        var issuers = tokens.CountBy(token => (string)Foreign.Tampering.Claims(token)["iss"]!).ToArray();
        Assert.Equal(5, issuers.Length);
        Assert.All(issuers, issuer => Assert.Equal(20, issuer.Value));
    }
}

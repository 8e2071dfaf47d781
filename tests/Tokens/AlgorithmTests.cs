using System.Text;
using Sallyport.Gateway.Tokens;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Tokens;

public sealed class AlgorithmTests
{
    [Fact]
    public void Table_has_the_eleven_algorithms_and_each_is_found_by_its_exact_name()
    {
        string[] names = ["ES256", "ES384", "ES512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "EdDSA", "HS256"];
        Assert.Equal(names, Algorithm.All.Select(a => a.Name));
        Assert.All(Algorithm.All, a =>
        {
            Assert.Same(a, Algorithm.Find(a.Name));
            Assert.Same(a, Algorithm.Find(Encoding.ASCII.GetBytes(a.Name)));
            Assert.Equal(a.Name == "HS256", a.IsSymmetric);
        });
    }

    [Theory]
    [InlineData("none")]
    [InlineData("")]
    [InlineData("es256")]
    [InlineData("EDDSA")]
    [InlineData("ES256 ")]
    [InlineData("ES25")]
    [InlineData("HS512")]
    public void Nothing_else_is_found(string name)
    {
        Assert.Null(Algorithm.Find(name));
        Assert.Null(Algorithm.Find(Encoding.UTF8.GetBytes(name)));
    }

    [Theory]
    [Trait("Acceptance", "D1")]
    [MemberData(nameof(Names))]
    public void Each_verifies_what_its_key_signed_and_nothing_else(string name)
    {
        var key = TestKey.New(name);
        var jwk = name == "HS256" ? Jwk.FromSecret(key.Secret) : Assert.Single(TestSet.Of(key.PublicJwk()).Keys);
        var other = TestKey.New(name);
        var data = "signed"u8;
        var signature = key.Sign(data);
        var algorithm = Algorithm.Find(name)!;

        Assert.True(jwk.Verify(algorithm, data, signature));
        Assert.False(jwk.Verify(algorithm, "signeD"u8, signature));
        Assert.False(jwk.Verify(algorithm, data, other.Sign(data)));
        Assert.False(jwk.Verify(algorithm, data, signature.AsSpan()[..^1]));
        Assert.False(jwk.Verify(algorithm, data, [.. signature, 0]));
        Assert.False(jwk.Verify(algorithm, data, [0, .. signature]));
        Assert.False(jwk.Verify(algorithm, data, new byte[signature.Length]));
        Assert.False(jwk.Verify(algorithm, data, []));
        Assert.All(Algorithm.All.Where(a => a != algorithm), wrong => Assert.False(jwk.Verify(wrong, "signed"u8, signature)));
    }

    public static TheoryData<string> Names() => [.. Algorithm.All.Select(a => a.Name)];
}

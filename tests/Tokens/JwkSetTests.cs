using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sallyport.Gateway.Tokens;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Tokens;

public sealed class JwkSetTests
{
    private static readonly Algorithm Es256 = Algorithm.Find("ES256")!;
    private static readonly Algorithm Rs256 = Algorithm.Find("RS256")!;
    private static readonly Algorithm Ps256 = Algorithm.Find("PS256")!;
    private static readonly TestKey One = TestKey.New("ES256");
    private static readonly TestKey Two = TestKey.New("ES256");
    private static readonly TestKey Rsa = TestKey.New("RS256");

    [Theory]
    [InlineData("", "not JSON")]
    [InlineData("<html><body>502</body></html>", "not JSON")]
    [InlineData("{\"keys\":[]", "not JSON")]
    [InlineData("{\"keys\":[]}]", "not JSON")]
    [InlineData("{\"keys\":[],}", "not JSON")]
    [InlineData("{\"keys\":[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]}", "not JSON")]
    [InlineData("[]", "not a JSON object")]
    [InlineData("null", "not a JSON object")]
    [InlineData("\"keys\"", "not a JSON object")]
    [InlineData("{}", "no \"keys\" array")]
    [InlineData("{\"Keys\":[]}", "no \"keys\" array")]
    [InlineData("{\"keys\":null}", "no \"keys\" array")]
    [InlineData("{\"keys\":{}}", "no \"keys\" array")]
    [InlineData("{\"keys\":[],\"keys\":[]}", "two \"keys\"")]
    [InlineData("{\"keys\":[],\"\\u006beys\":[]}", "two \"keys\"")]
    [InlineData("{\"keys\":[1,2,3,4]}", "more than 3")]
    public void Document_is_refused_as_a_whole(string json, string problem)
    {
        Assert.True(JwkSet.TryParse("{\"keys\":[1,2,3]}"u8, 3, out _, out _));
        Assert.False(JwkSet.TryParse(Encoding.UTF8.GetBytes(json), 3, out var set, out var said));
        Assert.Null(set);
        Assert.Contains(problem, said, StringComparison.Ordinal);
    }

    [Fact]
    public void Empty_set_is_a_set()
    {
        var set = TestSet.Read("""{"keys":[],"other":{"keys":1}}""");
        Assert.Empty(set.Keys);
        Assert.Equal(TokenFault.KidUnknown, set.Select("k", Es256, Algorithm.All).Fault);
        Assert.Equal(TokenFault.KidMissing, set.Select(null, Es256, Algorithm.All).Fault);
    }

    [Fact]
    public void Key_is_chosen_by_kid()
    {
        var set = TestSet.Of(One.PublicJwk("1"), Two.PublicJwk("2"), Rsa.PublicJwk("3"));
        Assert.Equal("2", set.Select("2", Es256, Algorithm.All).Key?.KeyId);
        Assert.Equal("3", set.Select("3", Rs256, Algorithm.All).Key?.KeyId);
        Assert.Equal(TokenFault.KidUnknown, set.Select("4", Es256, Algorithm.All).Fault);
        Assert.Equal(TokenFault.KidUnknown, set.Select("", Es256, Algorithm.All).Fault);
    }

    [Fact]
    [Trait("Acceptance", "D2")]
    public void Algorithm_of_the_header_must_be_the_keys_and_the_issuers()
    {
        var set = TestSet.Of(One.PublicJwk("1", alg: "ES256"), Rsa.PublicJwk("2"), Rsa.PublicJwk("3", alg: "PS256"));
        Assert.NotNull(set.Select("1", Es256, [Es256]).Key);
        Assert.All(Algorithm.All.Where(a => a != Es256), a => Assert.Equal(TokenFault.AlgorithmMismatch, set.Select("1", a, Algorithm.All).Fault));
        Assert.Equal(TokenFault.AlgorithmNotAllowed, set.Select("1", Es256, [Rs256]).Fault);
        Assert.Equal(TokenFault.AlgorithmNotAllowed, set.Select("1", Es256, []).Fault);

        // Without alg the issuer's list decides among the algorithms of the family.
        Assert.NotNull(set.Select("2", Rs256, [Rs256]).Key);
        Assert.NotNull(set.Select("2", Ps256, [Ps256]).Key);
        Assert.Equal(TokenFault.AlgorithmNotAllowed, set.Select("2", Ps256, [Rs256]).Fault);
        Assert.NotNull(set.Select("3", Ps256, [Rs256, Ps256]).Key);
        Assert.Equal(TokenFault.AlgorithmMismatch, set.Select("3", Rs256, [Rs256, Ps256]).Fault);
    }

    [Fact]
    public void Token_without_kid_gets_the_only_key_that_fits()
    {
        Assert.Equal("1", TestSet.Of(One.PublicJwk("1"), Rsa.PublicJwk("2")).Select(null, Es256, Algorithm.All).Key?.KeyId);
        Assert.NotNull(TestSet.Of(One.PublicJwk()).Select(null, Es256, Algorithm.All).Key);
        Assert.Equal(TokenFault.KidMissing, TestSet.Of(One.PublicJwk("1"), Two.PublicJwk("2")).Select(null, Es256, Algorithm.All).Fault);
        Assert.Equal(TokenFault.KidMissing, TestSet.Of(Rsa.PublicJwk("1")).Select(null, Es256, Algorithm.All).Fault);
    }

    [Fact]
    public void One_key_under_two_names_is_still_one_key() =>
        Assert.NotNull(TestSet.Of(One.PublicJwk("1"), One.PublicJwk("2")).Select(null, Es256, Algorithm.All).Key);

    [Fact]
    public void Token_with_a_kid_that_no_key_has_gets_the_only_unnamed_key_that_fits()
    {
        Assert.NotNull(TestSet.Of(One.PublicJwk(), Two.PublicJwk("2")).Select("1", Es256, Algorithm.All).Key);
        Assert.Equal(TokenFault.KidUnknown, TestSet.Of(One.PublicJwk(), Two.PublicJwk()).Select("1", Es256, Algorithm.All).Fault);
        Assert.Equal(TokenFault.KidUnknown, TestSet.Of(Rsa.PublicJwk(), One.PublicJwk("2")).Select("1", Es256, Algorithm.All).Fault);
    }

    [Fact]
    [Trait("Acceptance", "D9")]
    public void Two_keys_of_one_kid_are_both_ignored_and_the_others_serve()
    {
        Assert.NotNull(TestSet.Of(One.PublicJwk("1"), Rsa.PublicJwk("3")).Select("1", Es256, Algorithm.All).Key);
        var set = TestSet.Of(One.PublicJwk("1"), Rsa.PublicJwk("3"), Two.PublicJwk("1"), One.PublicJwk("1"));
        Assert.Equal("3", Assert.Single(set.Keys).KeyId);
        Assert.Equal(Enumerable.Repeat(new IgnoredJwk("1", "another key of the set has the same kid"), 3), set.Ignored);
        Assert.Equal(TokenFault.KidUnknown, set.Select("1", Es256, Algorithm.All).Fault);
    }

    [Fact]
    public void Plain_repeat_counts_once_and_another_alg_counts_again()
    {
        var repeated = TestSet.Of(Rsa.PublicJwk("1"), Rsa.PublicJwk("1", use: "sig"));
        Assert.Single(repeated.Keys);
        Assert.Empty(repeated.Ignored);

        var two = TestSet.Of(Rsa.PublicJwk("1", alg: "RS256"), Rsa.PublicJwk("1", alg: "PS256"));
        Assert.Equal(2, two.Keys.Count);
        Assert.Same(Rs256, two.Select("1", Rs256, Algorithm.All).Key?.Algorithm);
        Assert.Same(Ps256, two.Select("1", Ps256, Algorithm.All).Key?.Algorithm);
        Assert.Equal(TokenFault.AlgorithmMismatch, two.Select("1", Algorithm.Find("RS384")!, Algorithm.All).Fault);
    }

    [Fact]
    public void Secrets_are_told_apart_and_have_no_thumbprint()
    {
        var (one, two) = (TestKey.New("HS256"), TestKey.New("HS256"));
        var set = JwkSet.Of(Jwk.FromSecret(one.Secret), Jwk.FromSecret(two.Secret), Jwk.FromSecret(one.Secret));
        Assert.Equal(2, set.Keys.Count);
        Assert.Equal(TokenFault.KidMissing, set.Select(null, Algorithm.Find("HS256")!, Algorithm.All).Fault);
        Assert.Equal("", set.Keys[0].Thumbprint);
        Assert.Throws<ArgumentException>(() => Jwk.FromSecret(new byte[31]));
    }

    [Theory]
    [InlineData("ES256")]
    [InlineData("ES384")]
    [InlineData("ES512")]
    [InlineData("RS256")]
    [InlineData("EdDSA")]
    public void What_is_written_reads_back_as_the_same_key(string algorithm)
    {
        var jwk = Assert.Single(TestSet.Of(TestKey.New(algorithm).PublicJwk("k", algorithm, "sig")).Keys);
        var written = Written(jwk);
        var again = Assert.Single(TestSet.Of(written).Keys);
        Assert.Equal((jwk.Thumbprint, jwk.KeyId, jwk.Algorithm), (again.Thumbprint, again.KeyId, again.Algorithm));
        Assert.Equal("sig", (string?)written["use"]);
        Assert.Equal(jwk.Thumbprint, Assert.Single(TestSet.Of(Written(new Jwk(jwk.Material, null, null))).Keys).Thumbprint);
    }

    [Fact]
    public void Secret_is_never_written()
    {
        var written = Written(Jwk.FromSecret(TestKey.New("HS256").Secret, "s"));
        Assert.Equal(["kty", "kid", "alg", "use"], written.Select(m => m.Key));
    }

    [Fact]
    public void Damaged_sets_give_fewer_keys_and_never_exceptions()
    {
        var random = new Random(7520);
        var sound = Encoding.UTF8.GetBytes(TokenForge.Set(
            One.PublicJwk("1", "ES256", "sig"), Rsa.PublicJwk("2", "RS256"), TestKey.New("EdDSA").PublicJwk("3"), One.PublicJwk("1")).ToJsonString());
        for (var round = 0; round < 3000; round++)
        {
            var parsed = JwkSet.TryParse(Mutation.OfBytes(random, sound), TestSet.Many, out var set, out var problem);
            Assert.Equal(parsed, set is not null);
            Assert.Equal(parsed, problem is null);
            Assert.All(set?.Ignored ?? [], ignored => Assert.NotEmpty(ignored.Reason));
        }
    }

    private static JsonObject Written(Jwk jwk)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
            jwk.WriteTo(writer);
        return JsonNode.Parse(stream.ToArray())!.AsObject();
    }
}

using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Sallyport.Gateway.Tokens;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Tokens;

/// <summary>Which entries of a JWK Set serve. Every set here also holds a sound key, and it serves throughout.</summary>
[Trait("Acceptance", "D9")]
public sealed class JwkHygieneTests
{
    private static readonly TestKey Sound = TestKey.New("ES256");
    private static readonly TestKey Ec = TestKey.New("ES256");
    private static readonly TestKey Rsa = TestKey.New("RS256");
    private static readonly TestKey Ed = TestKey.New("EdDSA");

    [Theory]
    [InlineData("use", "sig")]
    [InlineData("use", "jwt-svid")]
    [InlineData("use", null)]
    [InlineData("alg", "ES256")]
    [InlineData("x5t", "anything")]
    public void Ordinary_entries_serve(string member, string? value)
    {
        var jwk = Ec.PublicJwk("k");
        if (value is not null)
            jwk[member] = value;
        Accepted(jwk);
    }

    [Fact]
    public void Entries_for_verification_among_other_operations_serve() =>
        Accepted(With(Ec.PublicJwk("k"), "key_ops", new JsonArray("verify", "other")));

    public static TheoryData<string, string, string> Spoilt() => new()
    {
        { "use", "\"enc\"", "use" }, { "use", "\"Sig\"", "use" }, { "use", "7", "use" }, { "use", "null", "use" },
        { "key_ops", "[\"sign\"]", "key_ops" }, { "key_ops", "[]", "key_ops" }, { "key_ops", "\"verify\"", "key_ops" }, { "key_ops", "[\"verify\",1]", "key_ops" },
        { "alg", "\"RS256\"", "alg" }, { "alg", "\"ES384\"", "alg" }, { "alg", "\"HS256\"", "alg" }, { "alg", "\"none\"", "alg" },
        { "alg", "\"EdDSA\"", "alg" }, { "alg", "\"ECDH-ES\"", "alg" }, { "alg", "\"es256\"", "alg" }, { "alg", "1", "alg" }, { "alg", "null", "alg" },
        { "kid", "7", "kid" }, { "kid", "null", "kid" }, { "kid", "\"\"", "kid" }, { "kid", "\"\\ud800\"", "Unicode" },
        { "kid", $"\"{new string('k', 257)}\"", "kid" },
        { "kty", "\"ec\"", "kty" }, { "kty", "\"AKP\"", "kty" }, { "kty", "1", "kty" }, { "kty", "null", "kty" },
        { "kty", "\"RSA\"", "n is" }, { "kty", "\"OKP\"", "curve" }, { "kty", "\"oct\"", "symmetric" },
        { "crv", "\"P-384\"", "length" }, { "crv", "\"secp256k1\"", "curve" }, { "crv", "\"p-256\"", "curve" }, { "crv", "null", "curve" }, { "crv", "1", "curve" },
        { "x", "null", "x is" }, { "x", "1", "x is" }, { "x", "\"\"", "length" }, { "x", "\"AAAA\"", "length" }, { "y", "\"=\"", "y is" },
        { "d", "\"AAAA\"", "private" }, { "d", "null", "private" }, { "p", "1", "private" }, { "q", "1", "private" }, { "dp", "1", "private" },
        { "dq", "1", "private" }, { "qi", "1", "private" }, { "oth", "[]", "private" }, { "k", "\"AAAA\"", "private" },
    };

    [Theory]
    [MemberData(nameof(Spoilt))]
    public void Entry_with_a_member_spoilt_is_ignored(string member, string json, string reason) =>
        Ignored(With(Ec.PublicJwk("k"), member, null), member, json, reason);

    [Fact]
    public void Coordinates_must_be_canonical_of_exact_length_and_on_the_curve()
    {
        Accepted(Ec.PublicJwk("k"));
        var point = Ec.Ecdsa.ExportParameters(includePrivateParameters: false).Q;
        Ignored(Coordinates(point.X![..31], point.Y!), "length");
        Ignored(Coordinates([0, .. point.X], point.Y!), "length");
        Ignored(Coordinates(point.X, [.. point.Y!, 0]), "length");
        Ignored(Coordinates(point.Y!, point.X), "not on its curve");
        Ignored(Coordinates(point.X, Flip(point.Y!)), "not on its curve");
        Ignored(Coordinates(new byte[32], new byte[32]), "not on its curve");
        Ignored(Coordinates([.. Enumerable.Repeat((byte)0xff, 32)], point.Y!), "not on its curve");
        Ignored(With(Ec.PublicJwk("k"), "x", (string)Ec.PublicJwk()["x"]! + "="), "canonical");
        Ignored(With(Ec.PublicJwk("k"), "x", " " + (string)Ec.PublicJwk()["x"]!), "canonical");
    }

    [Fact]
    public void Point_of_another_curve_is_not_on_this_one()
    {
        foreach (var (algorithm, curve) in new[] { ("ES384", "P-521"), ("ES512", "P-384") })
        {
            var key = TestKey.New(algorithm);
            Accepted(key.PublicJwk("k"));
            Ignored(With(key.PublicJwk("k"), "crv", curve), "length");
        }
    }

    [Fact]
    public void RSA_numbers_must_be_canonical_odd_and_of_a_sane_size()
    {
        Accepted(Rsa.PublicJwk("k"));
        var modulus = Rsa.Rsa.ExportParameters(includePrivateParameters: false).Modulus!;
        Accepted(Numbers(modulus, [3]));
        Accepted(Numbers(modulus, [0x80, 0, 0, 0, 0, 0, 0, 1]));
        Ignored(Numbers(modulus, [1]), "exponent");
        Ignored(Numbers(modulus, [2]), "exponent");
        Ignored(Numbers(modulus, [1, 0, 0]), "exponent");
        Ignored(Numbers(modulus, [1, 0, 0, 0, 0, 0, 0, 0, 1]), "exponent");
        Ignored(Numbers(modulus, [0, 1, 0, 1]), "zero");
        Ignored(Numbers(modulus, []), "empty");
        Ignored(Numbers([], [1, 0, 1]), "empty");
        Ignored(Numbers([0, .. modulus], [1, 0, 1]), "zero");
        Ignored(Numbers([.. modulus[..^1], (byte)(modulus[^1] & 0xfe)], [1, 0, 1]), "even");
        Ignored(Numbers([(byte)(modulus[0] & 0x7f | 0x40), .. modulus[1..]], [1, 0, 1]), "shorter than 2048");
        Ignored(Numbers([(byte)(modulus[128] | 0x80), .. modulus[129..]], [1, 0, 1]), "2048");
        Accepted(Numbers([0x80, .. new byte[1022], 1], [1, 0, 1]));
        Ignored(Numbers([1, .. new byte[1023], 1], [1, 0, 1]), "longer than 8192");
        Ignored(With(Rsa.PublicJwk("k"), "n", Convert.ToBase64String(modulus)), "canonical");
    }

    [Fact]
    public void RSA_of_1024_bits_is_ignored()
    {
        using var weak = RSA.Create(1024);
        var numbers = weak.ExportParameters(includePrivateParameters: false);
        Accepted(Rsa.PublicJwk("k"));
        Ignored(Numbers(numbers.Modulus!, numbers.Exponent!), "shorter than 2048");
    }

    [Fact]
    public void RSA_modulus_with_the_ROCA_fingerprint_is_ignored()
    {
        // The key of the test "rejectsKeyWithRocaVulnerability" in Wycheproof's json_web_key_test.json.
        const string Broken =
            "AanFpofbj7KjD4Lf-N2hVMKR7yewSyXhhbirIMTGpfYEhZ_lnt5UoK98DnKIgArXGTu3MaW_HhFw16HGaTDUHqPrId7fe4r11CqRw09yBFuW79V8sYIwHdzCaWflUI6auImYbVfoN9_nD5n8N8SY"
            + "9DwXw7mwZM9wREPXoDPgOoIWl6q_MPsp7n0zs3Z5ZaiQWOOzl1S9OhwAfSiiOwz6efnXEaxuTEtPd7BjSx7NaFka8Dx9U7YqXy2RFj1O9PjyaDGuRh7YXsX3iMUSP_wSyHQg_c_qHRtKUsNSGCT7"
            + "OZg0hzm2KphtjnayKJvC64vAbROBR4Ubg6Bxg9IQVZ-QYyE";
        Accepted(Rsa.PublicJwk("k"));
        Ignored(With(Rsa.PublicJwk("k"), "n", Broken), "CVE-2017-15361");
    }

    [Theory]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000000", "small order")] // 1
    [InlineData("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "small order")] // 2
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000", "small order")] // 4
    [InlineData("0000000000000000000000000000000000000000000000000000000000000080", "small order")] // 4
    [InlineData("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", "small order")] // 8
    [InlineData("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85", "small order")] // 8
    [InlineData("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a", "small order")] // 8
    [InlineData("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa", "small order")] // 8
    [InlineData("0100000000000000000000000000000000000000000000000000000000000080", "canonical")] // x = -0
    [InlineData("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "canonical")] // x = -0
    [InlineData("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "canonical")] // y = p
    [InlineData("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "canonical")] // y = p + 1
    [InlineData("f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "canonical")] // y = p + 3, on the curve
    [InlineData("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "canonical")]
    [InlineData("0200000000000000000000000000000000000000000000000000000000000000", "curve")]
    [InlineData("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f70751", "32 bytes")]
    [InlineData("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a00", "32 bytes")]
    [InlineData("", "32 bytes")]
    public void Ed25519_key_that_nobody_can_hold_is_ignored(string hex, string reason)
    {
        Accepted(Ed.PublicJwk("k"));
        Ignored(With(Ed.PublicJwk("k"), "x", Base64Url.EncodeToString(Convert.FromHexString(hex))), reason);
    }

    [Fact]
    public void Every_fresh_Ed25519_key_serves()
    {
        for (var round = 0; round < 200; round++)
            Assert.Null(Ed25519Point.Problem(Ed25519.GetPublicKey(RandomNumberGenerator.GetBytes(32))));
    }

    [Theory]
    [InlineData("X25519")]
    [InlineData("Ed448")]
    [InlineData("ed25519")]
    public void Other_curves_of_octet_key_pairs_are_ignored(string curve)
    {
        Accepted(Ed.PublicJwk("k"));
        Ignored(With(Ed.PublicJwk("k"), "crv", curve), "curve");
    }

    [Fact]
    public void Symmetric_keys_never_come_from_a_set() =>
        Ignored(new JsonObject { ["kty"] = "oct", ["kid"] = "k", ["alg"] = "HS256", ["k"] = Base64Url.EncodeToString(new byte[32]) }, "symmetric");

    [Theory]
    [InlineData("7")]
    [InlineData("null")]
    [InlineData("\"key\"")]
    [InlineData("[]")]
    public void Entry_that_is_no_object_is_ignored(string json)
    {
        var set = TestSet.Read($$"""{"keys":[{{json}},{{Sound.PublicJwk("sound").ToJsonString()}}]}""");
        Assert.Equal("sound", Assert.Single(set.Keys).KeyId);
        Assert.Equal(new IgnoredJwk(null, "it is not a JSON object"), Assert.Single(set.Ignored));
    }

    [Theory]
    [InlineData("\"kid\":\"other\"")]
    [InlineData("\"\\u006bid\":\"other\"")]
    [InlineData("\"new\":1,\"new\":1")]
    public void Entry_that_repeats_a_member_is_ignored(string more)
    {
        var jwk = Ec.PublicJwk("k").ToJsonString();
        Assert.Equal(2, TestSet.Read($$"""{"keys":[{{jwk}},{{Sound.PublicJwk("sound").ToJsonString()}}]}""").Keys.Count);
        var set = TestSet.Read($$"""{"keys":[{{jwk[..^1]}},{{more}}},{{Sound.PublicJwk("sound").ToJsonString()}}]}""");
        Assert.Equal("sound", Assert.Single(set.Keys).KeyId);
        Assert.Equal(new IgnoredJwk("k", "it repeats a member"), Assert.Single(set.Ignored));
    }

    private static void Accepted(JsonObject jwk)
    {
        var set = TestSet.Of(jwk, Sound.PublicJwk("sound"));
        Assert.Empty(set.Ignored);
        Assert.Equal(2, set.Keys.Count);
    }

    private static void Ignored(JsonObject jwk, string reason) => Check(TestSet.Of(jwk, Sound.PublicJwk("sound")), reason);

    // JsonNode refuses some of the members that must be tried, so they are written into the text.
    private static void Ignored(JsonObject jwk, string member, string json, string reason) => Check(
        TestSet.Read($$"""{"keys":[{"{{member}}":{{json}},{{jwk.ToJsonString()[1..]}},{{Sound.PublicJwk("sound").ToJsonString()}}]}"""), reason);

    private static void Check(JwkSet set, string reason)
    {
        Assert.Contains(reason, Assert.Single(set.Ignored).Reason, StringComparison.Ordinal);
        Assert.Equal("sound", Assert.Single(set.Keys).KeyId);
        var token = Sound.Sign("""{"alg":"ES256","kid":"sound"}""", "{}");
        Assert.Null(JwsCheck.Check(token, set, Algorithm.All));
    }

    private static JsonObject With(JsonObject jwk, string member, JsonNode? value)
    {
        jwk.Remove(member);
        if (value is not null)
            jwk[member] = value;
        return jwk;
    }

    private static JsonObject Coordinates(byte[] x, byte[] y) =>
        new() { ["kty"] = "EC", ["crv"] = "P-256", ["kid"] = "k", ["x"] = Base64Url.EncodeToString(x), ["y"] = Base64Url.EncodeToString(y) };

    private static JsonObject Numbers(byte[] modulus, byte[] exponent) =>
        new() { ["kty"] = "RSA", ["kid"] = "k", ["n"] = Base64Url.EncodeToString(modulus), ["e"] = Base64Url.EncodeToString(exponent) };

    private static byte[] Flip(byte[] bytes) => [.. bytes[..^1], (byte)(bytes[^1] ^ 1)];
}

using System.Text.Json;
using Sallyport.Policies;

namespace Sallyport.Tests.Tokens;

public sealed class ClaimValueTests
{
    [Theory]
    [InlineData("\"a b\"", ClaimKind.String, "a b")]
    [InlineData("\"true\"", ClaimKind.String, "true")]
    [InlineData("1.50", ClaimKind.Number, "1.50")]
    [InlineData("-1E+3", ClaimKind.Number, "-1E+3")]
    [InlineData("true", ClaimKind.Boolean, "true")]
    [InlineData("null", ClaimKind.Null, "null")]
    [InlineData("[ 1.0 , \"a\\u00e9\\n\", [ ], null ]", ClaimKind.Array, "[1.0,\"aé\\n\",[],null]")]
    [InlineData("{ \"a\" : { \"b\" : [ \"\\u003c\" ] } }", ClaimKind.Object, "{\"a\":{\"b\":[\"<\"]}}")]
    public void Text_is_the_string_itself_or_compact_JSON(string json, ClaimKind kind, string text) =>
        Assert.Equal((kind, text), (Value(json).Kind, Value(json).Text));

    [Theory]
    [InlineData("\"admin\"", "admin", true)]
    [InlineData("\"admin\"", "Admin", false)]
    [InlineData("\"admin\"", "", false)]
    [InlineData("\"\"", "", true)]
    [InlineData("true", "true", true)]
    [InlineData("true", "True", false)]
    [InlineData("false", "true", false)]
    [InlineData("1", "1", true)]
    [InlineData("1.0", "1", false)]
    [InlineData("[\"a\",2,true]", "a", true)]
    [InlineData("[\"a\",2,true]", "2", true)]
    [InlineData("[\"a\",2,true]", "true", true)]
    [InlineData("[\"a\",2,true]", "b", false)]
    [InlineData("[\"a\"]", "[\"a\"]", false)]
    [InlineData("[]", "", false)]
    [InlineData("[null]", "null", false)]
    [InlineData("[[\"a\"]]", "a", false)]
    [InlineData("[{}]", "{}", false)]
    [InlineData("null", "null", false)]
    [InlineData("{\"a\":1}", "{\"a\":1}", false)]
    public void Matches_a_scalar_or_any_scalar_of_an_array(string json, string expected, bool matches) =>
        Assert.Equal(matches, Value(json).Matches(expected));

    [Fact]
    public void Default_is_null_and_matches_nothing()
    {
        ClaimValue value = default;
        Assert.Equal((ClaimKind.Null, "null", false), (value.Kind, value.Text, value.Matches("null")));
    }

    [Fact]
    public void Values_are_equal_by_kind_and_text()
    {
        Assert.Equal(ClaimValue.Of("a"), Value("\"a\""));
        Assert.True(Value("[1, 2]") == Value("[1,2]"));
        Assert.True(Value("\"1\"") != Value("1"));
    }

    [Fact]
    public void Nothing_of_a_claim_gets_into_a_log_by_accident() =>
        Assert.DoesNotContain("secret", $"{Value("\"secret\"")}", StringComparison.Ordinal);

    private static ClaimValue Value(string json)
    {
        using var document = JsonDocument.Parse(json);
        return ClaimValue.Of(document.RootElement);
    }
}

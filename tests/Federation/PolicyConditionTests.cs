using System.Text.Json.Nodes;

namespace Sallyport.Tests.Federation;

/// <summary>The evaluator itself, against what the IAM User Guide says of each operator.</summary>
public sealed class PolicyConditionTests
{
    [Theory]
    [InlineData("StringEquals", "a", "a", true)]
    [InlineData("StringEquals", "a", "A", false)]
    [InlineData("StringEquals", "a*", "ab", false)]
    [InlineData("StringEquals", "a", null, false)]
    [InlineData("StringNotEquals", "a", "b", true)]
    [InlineData("StringNotEquals", "a", "a", false)]
    [InlineData("StringNotEquals", "a", null, true)]
    [InlineData("StringEqualsIgnoreCase", "a", "A", true)]
    [InlineData("StringNotEqualsIgnoreCase", "a", "A", false)]
    [InlineData("StringLike", "a*c?", "abbcd", true)]
    [InlineData("StringLike", "a*", "a", true)]
    [InlineData("StringLike", "a?", "a", false)]
    [InlineData("StringLike", "a.c", "abc", false)]
    [InlineData("StringLike", "*", null, false)]
    [InlineData("StringNotLike", "a*", "b", true)]
    [InlineData("StringNotLike", "a*", "ab", false)]
    [InlineData("StringNotLike", "a*", null, true)]
    [InlineData("StringEqualsIfExists", "a", null, true)]
    [InlineData("StringEqualsIfExists", "a", "b", false)]
    [InlineData("StringNotEqualsIfExists", "a", null, true)]
    [InlineData("StringNotEqualsIfExists", "a", "a", false)]
    [InlineData("Null", "true", null, true)]
    [InlineData("Null", "true", "", false)]
    [InlineData("Null", "false", null, false)]
    [InlineData("Null", "false", "a", true)]
    [InlineData("ForAnyValue:StringEquals", "a", null, false)]
    [InlineData("ForAllValues:StringEquals", "a", null, true)]
    [InlineData("ForAllValues:StringNotEquals", "a", "a", false)]
    public void An_operator_says_what_the_guide_says(string name, string expected, string? actual, bool holds)
    {
        var request = new AccessRequest("s3:GetObject", "r");
        if (actual is not null) request.With("KEY", actual);
        Assert.Equal(holds, new PolicyCondition(name, "key", [expected]).Holds(request));
    }

    [Fact]
    public void Several_values_of_a_policy_are_alternatives_and_of_a_negated_operator_all_are_excluded()
    {
        var request = new AccessRequest("s3:GetObject", "r").With("key", "b");
        Assert.True(new PolicyCondition("StringEquals", "key", ["a", "b"]).Holds(request));
        Assert.False(new PolicyCondition("StringNotEquals", "key", ["a", "b"]).Holds(request));
        Assert.True(new PolicyCondition("StringNotEquals", "key", ["a", "c"]).Holds(request));
    }

    [Fact]
    public void Several_values_of_a_request_need_a_quantifier()
    {
        var request = new AccessRequest("s3:GetObject", "r").With("key", "a", "b");
        Assert.True(new PolicyCondition("ForAnyValue:StringEquals", "key", ["a"]).Holds(request));
        Assert.False(new PolicyCondition("ForAllValues:StringEquals", "key", ["a"]).Holds(request));
        Assert.True(new PolicyCondition("ForAllValues:StringEquals", "key", ["a", "b", "c"]).Holds(request));
    }

    [Theory]
    [InlineData("NumericEquals")]
    [InlineData("stringequals")]
    [InlineData("ForSomeValues:StringEquals")]
    public void An_operator_that_is_not_played_is_no_answer(string name) =>
        Assert.Throws<NotSupportedException>(() => new PolicyCondition(name, "key", ["a"]).Holds(new AccessRequest("a", "r").With("key", "a")));

    [Theory]
    [InlineData("b/${tag}/*", "b/acme/x", true)]
    [InlineData("b/${TAG}/*", "b/acme/x", true)]
    [InlineData("b/${tag}/*", "b/globex/x", false)]
    [InlineData("b/${tag}/*", "b/acme", false)]
    [InlineData("b/${missing}/*", "b//x", false)]
    [InlineData("b/${missing}*", "b/${missing}x", false)]
    [InlineData("b/${missing, 'shared'}/*", "b/shared/x", true)]
    [InlineData("b/${star}/*", "b/anything/x", false)]
    [InlineData("b/${star}/*", "b/*/x", true)]
    [InlineData("b/${*}", "b/*", true)]
    [InlineData("b/${*}", "b/x", false)]
    [InlineData("b/${many}", "b/a", false)]
    public void A_variable_is_its_one_value_and_never_a_wildcard(string pattern, string resource, bool matches)
    {
        var request = new AccessRequest("s3:GetObject", resource).With("tag", "acme").With("star", "*").With("many", "a", "b");
        Assert.Equal(matches, PolicyText.Matches(pattern, resource, request, isWild: true));
    }

    [Fact]
    public void An_explicit_deny_wins_and_nothing_is_allowed_by_default()
    {
        var allow = Document("Allow", "s3:*");
        var deny = Document("Deny", "s3:GetObject");
        var get = new AccessRequest("s3:GetObject", "r");
        Assert.True(PolicyDocument.Allows(get, allow));
        Assert.False(PolicyDocument.Allows(get, allow, deny));
        Assert.False(PolicyDocument.Allows(get, deny));
        Assert.True(PolicyDocument.Allows(new AccessRequest("S3:putobject", "r"), allow, deny));
        Assert.False(PolicyDocument.Allows(new AccessRequest("sts:TagSession", "r"), allow));
    }

    private static PolicyDocument Document(string effect, string action) =>
        new(new JsonObject { ["Version"] = "2012-10-17", ["Statement"] = new JsonArray(new JsonObject { ["Effect"] = effect, ["Action"] = action, ["Resource"] = "*" }) });
}

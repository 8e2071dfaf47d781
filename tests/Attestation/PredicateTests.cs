using System.Text;
using System.Text.Json.Nodes;
using Sallyport.Gateway.Attestation;

namespace Sallyport.Tests.Attestation;

public sealed class PredicateTests
{
    private static readonly TokenAuthorization Alice = new(new string('0', 64), "https://id.example", "al\"ice", null);

    [Theory]
    [InlineData("{}")]
    [InlineData("{ }")]
    [InlineData("""{"b":1.0,"a":1e2,"text":"\u0041\/ <é>"}""")]
    [InlineData(" {\n  \"a\": [1, {\"b\": null}]\n}\n")]
    public void What_was_given_is_signed_as_it_was_written(string json)
    {
        var statement = AttestationKit.Statement();
        Assert.Contains($"\"predicate\":{json.Trim()}}}", Encoding.UTF8.GetString(statement.ToJson(AttestationKit.Predicate(json))), StringComparison.Ordinal);

        var authorized = statement with { Authorization = Alice };
        var payload = authorized.ToJson(AttestationKit.Predicate(json));
        Assert.Contains($"\"predicate\":{json.Trim()[..^1]}", Encoding.UTF8.GetString(payload), StringComparison.Ordinal);
        var expected = (JsonObject)JsonNode.Parse(json)!;
        expected["sallyport_authorization"] = JsonNode.Parse($$"""{"sha256":"{{Alice.Sha256}}","iss":"https://id.example","sub":"al\"ice"}""");
        Assert.True(JsonNode.DeepEquals(expected, JsonNode.Parse(payload)!["predicate"]));
        Assert.Equal(Alice, Statement.Read(payload)!.Authorization);
    }

    [Theory]
    [InlineData("", "not JSON")]
    [InlineData("[]", "no JSON object")]
    [InlineData("1", "no JSON object")]
    [InlineData("{} {}", "not JSON")]
    [InlineData("""{"a":1,"a":1}""", "a name twice")]
    [InlineData("""{"x":{"a":1,"a":1}}""", "a name twice")]
    [InlineData("""{"sallyport_authorization":{}}""", "give it another name")]
    [InlineData("""{"sallyport\u005fauthorization":null}""", "give it another name")]
    public void Anything_but_an_object_that_leaves_the_authorization_to_us_is_refused(string json, string problem)
    {
        Assert.False(Predicate.TryRead(Encoding.UTF8.GetBytes(json), out _, out var told));
        Assert.Contains(problem, told, StringComparison.Ordinal);
    }

    [Fact]
    public void What_can_be_attested_can_be_read_again_at_its_bounds()
    {
        var deep = Nested(Predicate.MaxDepth);
        Assert.NotNull(Statement.Read(AttestationKit.Statement(Alice).ToJson(AttestationKit.Predicate(deep))));
        Assert.False(Predicate.TryRead(Encoding.UTF8.GetBytes(Nested(Predicate.MaxDepth + 1)), out _, out _));

        var large = $"{{\"a\":\"{new string('a', Predicate.MaxBytes - 8)}\"}}";
        var payload = AttestationKit.Statement(Alice).ToJson(AttestationKit.Predicate(large));
        Assert.True(DsseEnvelope.TryRead(new DsseEnvelope(Statement.PayloadType, payload, [new DsseSignature("k", [1])]).ToJson(), out _, out var problem), problem);
        Assert.False(Predicate.TryRead(Encoding.UTF8.GetBytes(large + " "), out _, out _));

        static string Nested(int depth) => string.Concat(Enumerable.Repeat("{\"a\":", depth - 1)) + "{}" + new string('}', depth - 1);
    }

    [Theory]
    [InlineData("https://slsa.dev/provenance/v1", true)]
    [InlineData("urn:example:review", true)]
    [InlineData("", false)]
    [InlineData("review", false)]
    [InlineData("/review", false)]
    [InlineData("https://a.example/ b", false)]
    [InlineData("https://a.example/\n", false)]
    [InlineData("https://a.example/\u00e4", false)]
    [InlineData(" https://a.example", false)]
    public void A_type_is_a_uri(string text, bool isGood) => Assert.Equal(isGood, Statement.IsTypeUri(text));
}

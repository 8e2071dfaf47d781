using System.Text;
using System.Text.Json.Nodes;
using Sallyport.Gateway.Configuration;

namespace Sallyport.Tests.Configuration;

public class ManyMistakesTests
{
    [Fact]
    public void All_mistakes_are_answered_at_once()
    {
        var root = Sample.Node();
        Sample.Set(root, "Sallyport TrustedIssuers corp Audiences", null);
        Sample.Set(root, "Sallyport TrustedIssuers corp Keys Timeout", "\"1m\"");
        Sample.Set(root, "Sallyport Policies orders-read Issuers", "[\"nobody\", \"corp\", \"no one\"]");
        Sample.Set(root, "Sallyport Forwarding Colour", "\"red\"");
        Sample.Set(root, "ReverseProxy Routes open AuthorizationPolicy", null);
        Sample.Set(root, "ReverseProxy Routes files AuthorizationPolicy", null);

        var (options, mistakes) = Sample.Read(root);

        Assert.Null(options);
        Assert.Equal(
            [
                "$.ReverseProxy.Routes.files.AuthorizationPolicy",
                "$.ReverseProxy.Routes.open.AuthorizationPolicy",
                "$.Sallyport.Forwarding.Colour",
                "$.Sallyport.Policies.orders-read.Issuers[0]",
                "$.Sallyport.Policies.orders-read.Issuers[2]",
                "$.Sallyport.TrustedIssuers.corp.Audiences",
                "$.Sallyport.TrustedIssuers.corp.Keys.Timeout",
            ],
            mistakes.Select(mistake => mistake.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_report_numbers_the_mistakes_and_counts_them()
    {
        Mistake[] mistakes = [new("$.a.b", "is wrong.", "Mend it."), new("$.c[0]", "is worse.", "Take it out.")];
        var text = new StringWriter { NewLine = "\n" };
        MistakeReport.Write(text, mistakes);
        Assert.Equal("1. $.a.b is wrong.\n   Mend it.\n\n2. $.c[0] is worse.\n   Take it out.\n\n2 mistakes.\n", text.ToString());

        var json = new StringWriter();
        MistakeReport.WriteJson(json, mistakes);
        var written = JsonNode.Parse(json.ToString())!["mistakes"]!.AsArray();
        Assert.Equal(2, written.Count);
        Assert.Equal("$.c[0]", (string?)written[1]!["path"]);
        Assert.Equal("is worse.", (string?)written[1]!["problem"]);
        Assert.Equal("Take it out.", (string?)written[1]!["mend"]);
    }

    [Fact]
    public void Two_circles_of_policies_are_two_mistakes_and_a_shared_policy_is_none()
    {
        static JsonNode With(string policies) => Sample.With("Sallyport Policies", policies);
        const string Routes = "\"any-token\":{}, \"orders-read\":{}, \"either\":{}, \"download\":{}";
        Assert.Empty(Sample.Read(With($$"""{ {{Routes}}, "a":{"AnyOf":["b","c"]}, "b":{"AllOf":["d"]}, "c":{"AnyOf":["d"]}, "d":{} }""")).Mistakes);

        var mistakes = Sample.Read(With($$"""{ {{Routes}}, "a":{"AnyOf":["b"]}, "b":{"AllOf":["a"]}, "c":{"AnyOf":["d"]}, "d":{"AnyOf":["e"]}, "e":{"AllOf":["c"]}, "f":{"AnyOf":["a"]} }""")).Mistakes;

        Assert.Equal(["$.Sallyport.Policies.a", "$.Sallyport.Policies.c"], mistakes.Select(mistake => mistake.Path));
        Assert.Contains("a -> b -> a", mistakes[0].Problem, StringComparison.Ordinal);
        Assert.Contains("c -> d -> e -> c", mistakes[1].Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Random_damage_to_the_sample_never_throws()
    {
        var random = new Random(20_260_722);
        string[] values = ["null", "true", "-1", "1e400", "\"\"", "\" \"", "\"\\u0000\"", "\"a:b\"", "[]", "{}", "[null]", "[[[]]]", "{\"0\":\"x\"}", "{\"\":\"x\"}", "{\"a\":{\"b\":{\"c\":[1]}}}", "99999999999999999999", "\"http://\"", "\"\\ud83d\\ude00\"", $"\"{new string('x', 5000)}\""];
        var places = new List<string>();
        Places(Sample.Node(), "", places);
        for (var i = 0; i < 400; i++)
        {
            var root = Sample.Node();
            for (var j = random.Next(1, 4); j > 0; j--)
            {
                try
                {
                    Sample.Set(root, places[random.Next(places.Count)], values[random.Next(values.Length)]);
                }
                catch (Exception gone) when (gone is InvalidOperationException or ArgumentException or NullReferenceException or FormatException)
                {
                    // An earlier damage took the place away.
                }
            }

            var (options, mistakes) = Sample.Read(root);
            Assert.Equal(options is null, mistakes.Count > 0);
            Assert.All(mistakes, mistake => Assert.True(mistake.ToString().Length < 2_000 + mistake.Path.Length));
        }
    }

    [Fact]
    public void Names_of_any_kind_and_objects_of_any_depth_are_read()
    {
        var deep = new StringBuilder();
        for (var i = 0; i < 50; i++)
            deep.Append("{\"a\":");
        deep.Append('1').Append('}', 50);
        foreach (var place in (string[])["Sallyport Policies orders-read Claims", "Sallyport TrustedIssuers corp Keys Inline", "Sallyport Zzz", "Sallyport Policies", "ReverseProxy Routes"])
            Assert.NotEmpty(Sample.Read(Sample.With(place, deep.ToString())).Mistakes);

        var mistakes = Sample.Read(Sample.With("Sallyport TrustedIssuers x.y'z\n", "{}")).Mistakes;
        Assert.Contains(mistakes, mistake => mistake.Path == "$.Sallyport.TrustedIssuers['x.y\\'z\\u000a'].Issuer");
        Assert.All(mistakes, mistake => Assert.DoesNotContain('\n', mistake.ToString()));
    }

    private static void Places(JsonNode? node, string at, List<string> places)
    {
        if (at.Length > 0)
            places.Add(at.Trim());
        if (node is JsonObject members)
        {
            foreach (var (key, value) in members)
                Places(value, at + " " + key, places);
        }
        else if (node is JsonArray elements)
        {
            for (var i = 0; i < elements.Count; i++)
                Places(elements[i], $"{at} {i}", places);
        }
    }
}

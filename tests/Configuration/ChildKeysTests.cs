using Microsoft.Extensions.Configuration;
using Sallyport.Gateway.Configuration;

namespace Sallyport.Tests.Configuration;

/// <summary>What stands below a path of a file is what .NET's own provider of JSON files says.</summary>
public sealed class ChildKeysTests
{
    private static readonly string[] Texts =
    [
        "{}",
        """{ "a": 1 }""",
        """{ "a": {}, "b": [], "c": null, "d": "" }""",
        """{ "ab": { "c": 1 }, "a": { "b": { "c": 2 }, "bc": 3 }, "A2": 4 }""",
        """{ "Claims": { "https://example.com/roles": "a", "https://example.com/groups": ["b", "c"], "::": 1, ":x": 2, "x:": 3 } }""",
        """{ "list": ["a", { "b": 1 }, ["c"], "d", "e", "f", "g", "h", "i", "j", "k"], "": { "": { "x": 1 } } }""",
        """{ "Mixed": { "Case": 1 }, "Other": { "case": 2, "CASES": { "x": [1] } } }""",
    ];

    public static TheoryData<string> Files => [.. Texts];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_path_has_the_children_that_the_provider_of_dotnet_finds(string text)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, text);
            using var ours = new JsonFileProvider(new JsonFileSource(file, Required: true, OnReloadMistake: null));
            ours.Load();
            Assert.Null(ours.Mistake);
            var theirs = ((IConfigurationRoot)new ConfigurationBuilder().AddJsonFile(file).Build()).Providers.Single();

            string?[] paths = [null, .. new ConfigurationRoot([theirs]).AsEnumerable().SelectMany(pair => Prefixes(pair.Key)).Distinct(StringComparer.Ordinal), "nowhere", "a:nowhere", "LIST", "list:", ""];
            foreach (var path in paths)
                foreach (string[] earlier in (string[][])[[], ["a", "10", "2", "zz"]])
                    Assert.Equal(
                        theirs.GetChildKeys(earlier, path).Distinct(StringComparer.OrdinalIgnoreCase),
                        ours.GetChildKeys(earlier, path).Distinct(StringComparer.OrdinalIgnoreCase));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void A_changed_set_of_paths_leaves_nothing_of_the_old_one()
    {
        Assert.Equal(["b"], new ChildKeys(["a:b"]).Of("A"));
        Assert.Empty(new ChildKeys(["c"]).Of("a"));
        Assert.Empty(ChildKeys.None.Of(path: null));
    }

    private static IEnumerable<string> Prefixes(string path)
    {
        for (var at = path.IndexOf(':', StringComparison.Ordinal); at >= 0; at = path.IndexOf(':', at + 1)) yield return path[..at];
        yield return path;
    }
}

using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;
using Sallyport.Gateway.Configuration;

namespace Sallyport.Tests.Configuration;

public sealed class ConfigurationSourcesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sallyport-").FullName;
    private readonly List<IDisposable> _roots = [];
    private readonly ConcurrentQueue<Mistake> _reported = new();

    [Theory]
    [InlineData("{", "is no JSON")]
    [InlineData("", "is no JSON")]
    [InlineData("[]", "is no JSON")]
    [InlineData("{\"a\":1}}", "is no JSON")]
    [InlineData("{\"a\":\"\u0001\"}", "is no JSON")]
    [InlineData("{\"a\":1,\"a\":2}", "stands twice")]
    [InlineData("{\"a\":{\"b\":1},\n\"A\":{\"c\":2}}", "in line 2")]
    [InlineData("{\"a:b\":1,\"a\":{\"b\":2}}", "is no JSON")]
    public void A_file_that_cannot_be_read_is_a_mistake_that_names_it(string text, string problem)
    {
        Write("appsettings.json", "{}");
        Write("other.json", """{"a":1,/* comments and */"b":[{"a":1},{"a":2}],}""");
        Build("Production", "other.json");

        Write("other.json", text);

        var mistake = Assert.Single(Mistakes("other.json"));
        Assert.Contains(Path.Combine(_folder, "other.json"), mistake.Problem, StringComparison.Ordinal);
        Assert.Contains(problem, mistake.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_any_file_there_is_a_mistake_and_a_missing_config_file_is_one_too()
    {
        Assert.Contains("appsettings.json", Assert.Single(Mistakes()).Problem, StringComparison.Ordinal);
        Assert.Contains("other.json", Assert.Single(Mistakes("other.json")).Problem, StringComparison.Ordinal);

        Write("other.json", "{}");
        Assert.Empty(Mistakes("other.json"));
        Write("appsettings.json", "{}");
        Assert.Empty(Mistakes());
    }

    [Fact]
    public void A_changed_file_is_read_again_and_a_broken_one_leaves_what_was_there()
    {
        Write("appsettings.json", """{"A":"one"}""");
        var root = Build("Production");
        var reloads = 0;
        using var registration = ChangeToken.OnChange(root.GetReloadToken, () => Interlocked.Increment(ref reloads));

        Write("appsettings.json", """{"A":"two"}""");
        Until(() => root["A"] == "two" && reloads == 1);

        Write("appsettings.json", """{"A":"thr""");
        Until(() => _reported.Count == 1);
        Assert.Equal("two", root["A"]);

        File.Delete(Path.Combine(_folder, "appsettings.json"));
        Until(() => _reported.Count == 2);
        Assert.Equal("two", root["A"]);
        Assert.Equal(1, reloads);
        Assert.Contains("is no JSON", _reported.First().Problem, StringComparison.Ordinal);
        Assert.Contains("does not exist", _reported.Last().Problem, StringComparison.Ordinal);

        Write("appsettings.json", """{"A":"four"}""");
        Until(() => root["A"] == "four");
    }

    [Fact]
    public void A_file_behind_a_changed_symbolic_link_is_read_again()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "v1"));
        Directory.CreateDirectory(Path.Combine(_folder, "v2"));
        Write("v1/appsettings.json", """{"A":"one"}""");
        Write("v2/appsettings.json", """{"A":"two"}""");
        Directory.CreateSymbolicLink(Path.Combine(_folder, "data"), "v1");
        File.CreateSymbolicLink(Path.Combine(_folder, "appsettings.json"), "data/appsettings.json");
        var root = Build("Production");
        Assert.Equal("one", root["A"]);

        Directory.CreateSymbolicLink(Path.Combine(_folder, "data2"), "v2");
        Directory.Delete(Path.Combine(_folder, "data"));
        Directory.Move(Path.Combine(_folder, "data2"), Path.Combine(_folder, "data"));

        Until(() => root["A"] == "two");
    }

    public void Dispose()
    {
        _roots.ForEach(root => root.Dispose());
        Directory.Delete(_folder, recursive: true);
    }

    private static void Until(Func<bool> state)
    {
        var start = Stopwatch.GetTimestamp();
        while (!state())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(20), "The state was not reached in time.");
            Thread.Sleep(20);
        }
    }

    private void Write(string file, string text) => File.WriteAllText(Path.Combine(_folder, file), text);

    private IConfigurationRoot Build(string environment, params string[] files)
    {
        Assert.True(TryBuild(environment, files, out var root, out var mistakes), string.Join("\n", mistakes));
        return root!;
    }

    private IReadOnlyList<Mistake> Mistakes(params string[] files)
    {
        TryBuild("Production", files, out _, out var mistakes);
        return mistakes;
    }

    private bool TryBuild(string environment, string[] files, out IConfigurationRoot? root, out IReadOnlyList<Mistake> mistakes)
    {
        var built = ConfigurationSources.TryBuild(_folder, environment, [.. files.Select(file => Path.Combine(_folder, file))], _reported.Enqueue, out root, out mistakes);
        if (root is IDisposable disposable)
            _roots.Add(disposable);
        return built;
    }
}

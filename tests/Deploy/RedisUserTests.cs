using System.Text.RegularExpressions;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Deploy;

/// <summary>The gateways' user of Redis may do what the code does, and the page says the same.</summary>
public sealed partial class RedisUserTests
{
    // What StackExchange.Redis sends to connect, to stay connected, to subscribe and to run scripts.
    private static readonly string[] OfTheClient =
    [
        "ping", "echo", "select", "info", "client|setname", "client|id", "cluster|nodes", "subscribe", "unsubscribe", "publish", "script|load", "eval", "evalsha",
    ];

    // What is sent without a script.
    private static readonly string[] Plain = ["lrange", "xrange"];

    private static readonly string Line = File.ReadAllLines(Path.Combine(RepositoryFolder.Path, "deploy", "users.acl")).Single(line => line.StartsWith("user gateway ", StringComparison.Ordinal));

    [Fact]
    public void Every_command_that_the_scripts_call_is_granted_and_no_other()
    {
        var called = Directory.GetFiles(Path.Combine(RepositoryFolder.Path, "gateway"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Call().Matches(File.ReadAllText(file)))
            .Select(call => call.Groups["command"].Value.ToLowerInvariant());
        var granted = Line[Line.IndexOf("-@all", StringComparison.Ordinal)..].Split(' ').Skip(1).Select(word => word[1..]);

        Assert.Equal(
            called.Concat(OfTheClient).Concat(Plain).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
            granted.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_page_gives_the_same_line_with_a_password()
    {
        var page = File.ReadAllText(Path.Combine(RepositoryFolder.Path, "docs", "scaling.md"));

        Assert.Contains(Line.Replace("#PASSWORD_SHA256", ">PASSWORD", StringComparison.Ordinal) + "\n", page, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"redis\.p?call\('(?<command>[A-Z]+)'", RegexOptions.ExplicitCapture)]
    private static partial Regex Call();
}

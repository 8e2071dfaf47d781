using System.Reflection;
using System.Text.RegularExpressions;
using Sallyport.Gateway.Tokens;
using Sallyport.Policies;
using Sallyport.Tests.Support;

namespace Sallyport.Tests;

public sealed partial class DocumentationTests
{
    [Fact]
    public void The_page_on_refusals_names_every_reason_and_no_other()
    {
        var page = File.ReadAllText(Path.Combine(RepositoryFolder.Path, "docs", "headers.md"));
        var told = ReasonRow().Matches(page).SelectMany(row => Code().Matches(row.Groups["reasons"].Value)).Select(code => code.Groups["code"].Value);

        const BindingFlags Static = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;
        var faults = typeof(TokenFault).Assembly.GetTypes()
            .SelectMany(type => type.GetFields(Static))
            .Where(field => field.FieldType == typeof(TokenFault))
            .Select(field => ((TokenFault)field.GetValue(null)!).Code);
        var denials = typeof(DenialReason).GetFields(Static).Select(field => (string)field.GetValue(null)!).Where(code => code != DenialReason.NotDecided);

        Assert.Equal(
            faults.Concat(denials).Concat(["audit_unavailable", "keys_unavailable", "not_initialised", "revocations_stale", "signing_unavailable"]).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
            told.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_link_of_the_pages_leads_somewhere()
    {
        foreach (var page in Directory.GetFiles(Path.Combine(RepositoryFolder.Path, "docs"), "*.md").Append(Path.Combine(RepositoryFolder.Path, "README.md")))
            foreach (Match link in Link().Matches(File.ReadAllText(page)))
            {
                var target = link.Groups["target"].Value;
                if (target.StartsWith("http", StringComparison.Ordinal)) continue;
                Assert.True(Path.Exists(Path.Combine(Path.GetDirectoryName(page)!, target)), $"{Path.GetFileName(page)} links to {target}, which is not there.");
            }
    }

    [GeneratedRegex(@"^\| \d{3} \| (?<reasons>[^|]+) \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex ReasonRow();

    [GeneratedRegex("`(?<code>[a-z_]+)`", RegexOptions.ExplicitCapture)]
    private static partial Regex Code();

    [GeneratedRegex(@"\]\((?<target>[^)#]+)", RegexOptions.ExplicitCapture)]
    private static partial Regex Link();
}

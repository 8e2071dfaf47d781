using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Sallyport.Gateway.Issuing;
using Sallyport.Tests.Configuration;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Issuing;

public sealed partial class DocumentationTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(RepositoryFolder.Path, "docs", "issuing.md"));

    [Fact]
    public void The_table_of_errors_is_that_of_the_code()
    {
        var told = Row().Matches(Page).SelectMany(row => Code().Matches(row.Groups["reasons"].Value)
            .Select(code => (row.Groups["status"].Value, row.Groups["error"].Value, Reason: code.Groups["code"].Value)))
            .Where(row => row.Reason != "subject_token_");

        var rows = typeof(TokenError).GetFields(BindingFlags.Static | BindingFlags.Public)
            .Where(field => field.FieldType == typeof(TokenError))
            .Select(field => (TokenError)field.GetValue(null)!)
            .Select(error => ($"{error.Status}", error.Error, error.Reason));

        Assert.Equal(rows.Order(), told.Order());
    }

    [Fact]
    public void No_two_errors_have_one_reason_and_those_of_outages_say_when_to_come_back()
    {
        var rows = typeof(TokenError).GetFields(BindingFlags.Static | BindingFlags.Public).Select(field => field.GetValue(null)).OfType<TokenError>().ToList();

        Assert.Equal(rows.Count, rows.Select(row => row.Reason).Distinct(StringComparer.Ordinal).Count());
        Assert.All(rows, row => Assert.Equal(row.Status is 429 or 503, row.RetryAfter is not null));
        // RFC 6749 section 5.2.
        Assert.All(rows, row => Assert.Matches("^[\\x20-\\x21\\x23-\\x5B\\x5D-\\x7E]+$", row.Description));
    }

    [Fact]
    public void The_example_reads_without_mistakes() =>
        Assert.All(Example().Matches(Page), example => Assert.Empty(Sample.Read(JsonNode.Parse(example.Groups["json"].Value)!, "Production").Mistakes));

    [GeneratedRegex(@"^\| (?<status>\d{3}) \| `(?<error>[a-z_]+)` \| (?<reasons>[^|]+) \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Row();

    [GeneratedRegex("`(?<code>[a-z_]+)`", RegexOptions.ExplicitCapture)]
    private static partial Regex Code();

    [GeneratedRegex("```json\n(?<json>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Example();
}

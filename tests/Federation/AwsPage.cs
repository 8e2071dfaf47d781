using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Federation;

/// <summary>The policy documents as <c>docs/aws-federation.md</c> has them, to break in one place at a time.</summary>
internal sealed partial class AwsPage
{
    public AwsPage()
    {
        var page = File.ReadAllText(Path.Combine(RepositoryFolder.Path, "docs", "aws-federation.md"));
        var documents = Document().Matches(page).ToDictionary(match => match.Groups["name"].Value, match => JsonNode.Parse(match.Groups["json"].Value)!, StringComparer.Ordinal);
        (Trust, Permissions, Bucket) = (documents["trust-policy.json"], documents["permission-policy.json"], documents["bucket-policy.json"]);
    }

    public JsonNode Trust { get; }

    public JsonNode Permissions { get; }

    public JsonNode Bucket { get; }

    /// <summary>Mistake 1: listing and reading in one statement, strict or loosened until reading works.</summary>
    public void OneStatement(bool isLoosened) => Permissions["Statement"] = new JsonArray(new JsonObject
    {
        ["Effect"] = "Allow",
        ["Action"] = new JsonArray("s3:ListBucket", "s3:GetObject"),
        ["Resource"] = new JsonArray("arn:aws:s3:::tenant-data", "arn:aws:s3:::tenant-data/*"),
        ["Condition"] = new JsonObject { [isLoosened ? "StringLikeIfExists" : "StringLike"] = new JsonObject { ["s3:prefix"] = "${aws:PrincipalTag/tenant}/*" } },
    });

    /// <summary>Mistake 2: presence asked for by comparing with nothing.</summary>
    public void NegatedTrust()
    {
        var condition = Trust["Statement"]![0]!["Condition"]!.AsObject();
        condition.Remove("Null");
        condition["StringNotEquals"] = new JsonObject { ["aws:RequestTag/tenant"] = "" };
    }

    /// <summary>Mistake 3: a negated operator with nothing beside it.</summary>
    public void NegatedBucket() => Bucket["Statement"]![0]!["Condition"]!.AsObject().Remove("Null");

    public S3Player S3() => new(new PolicyDocument(Permissions), new PolicyDocument(Bucket));

    [GeneratedRegex("\\*\\*(?<name>[a-z-]+\\.json)\\*\\*[^`]*```json\n(?<json>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Document();
}

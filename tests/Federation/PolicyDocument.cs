using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sallyport.Tests.Federation;

/// <summary>A policy of IAM: an explicit Deny wins, then an Allow, and nothing else allows (IAM User Guide, "Policy evaluation logic").</summary>
internal sealed class PolicyDocument
{
    private readonly List<PolicyStatement> _statements;

    public PolicyDocument(JsonNode json)
    {
        using var document = JsonDocument.Parse(json.ToJsonString());
        Assert.Equal("2012-10-17", document.RootElement.GetProperty("Version").GetString());
        _statements = [.. document.RootElement.GetProperty("Statement").EnumerateArray().Select(PolicyStatement.Read)];
    }

    /// <summary>All the policies that are asked together, within one account.</summary>
    public static bool Allows(AccessRequest request, params IEnumerable<PolicyDocument> policies)
    {
        var applying = policies.SelectMany(policy => policy._statements).Where(statement => statement.AppliesTo(request)).ToList();
        return applying.Exists(statement => statement.IsAllow) && applying.TrueForAll(statement => statement.IsAllow);
    }
}

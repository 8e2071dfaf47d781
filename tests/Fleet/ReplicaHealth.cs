using System.Text.Json.Nodes;

namespace Sallyport.Tests.Fleet;

/// <summary>An answer of <c>/health/ready</c>.</summary>
internal sealed record ReplicaHealth(int Code, JsonObject Body)
{
    public string Status => (string)Body["status"]!;

    public bool IsReady => Code == 200 && Status == "Ready";

    /// <summary>Whether a reason holds the word.</summary>
    public bool Mentions(string word) =>
        Body["reasons"]!.AsArray().Any(reason => ((string)reason!).Contains(word, StringComparison.OrdinalIgnoreCase));

    public JsonObject Issuer(string name) => (JsonObject)Body["issuers"]!.AsArray().Single(issuer => (string)issuer!["name"]! == name)!;

    public override string ToString() => $"{Code} {Body.ToJsonString()}";
}

using System.Text.Json;

namespace Sallyport.Tests.Federation;

/// <summary>One statement of a policy document. A member that is not known here fails the test.</summary>
internal sealed record PolicyStatement(bool IsAllow, IReadOnlyList<string>? Principals, IReadOnlyList<string> Actions, IReadOnlyList<string>? Resources, IReadOnlyList<PolicyCondition> Conditions)
{
    public static PolicyStatement Read(JsonElement json)
    {
        foreach (var member in json.EnumerateObject())
            if (member.Name is not ("Sid" or "Effect" or "Principal" or "Action" or "Resource" or "Condition"))
                throw new NotSupportedException(member.Name);
        return new PolicyStatement(
            json.GetProperty("Effect").GetString() switch { "Allow" => true, "Deny" => false, var other => throw new NotSupportedException(other) },
            json.TryGetProperty("Principal", out var principal) ? PrincipalsOf(principal) : null,
            Strings(json.GetProperty("Action")),
            json.TryGetProperty("Resource", out var resource) ? Strings(resource) : null,
            json.TryGetProperty("Condition", out var condition) ? [.. PolicyCondition.Read(condition)] : []);
    }

    /// <summary>A string, or a list of them.</summary>
    public static IReadOnlyList<string> Strings(JsonElement json) =>
        json.ValueKind == JsonValueKind.Array ? [.. json.EnumerateArray().Select(item => item.GetString()!)] : [json.GetString()!];

    /// <summary>Everything in it has to hold; resources without a value for a variable match nothing.</summary>
    public bool AppliesTo(AccessRequest request) =>
        (Principals is null || Principals.Any(principal => principal == "*" || principal == request.Principal))
        && Actions.Any(action => PolicyText.Matches(action, request.Action, request, isWild: true, isCased: false))
        && (Resources is null || Resources.Any(resource => PolicyText.Matches(resource, request.Resource, request, isWild: true)))
        && Conditions.All(condition => condition.Holds(request));

    private static IReadOnlyList<string> PrincipalsOf(JsonElement json) =>
        json.ValueKind == JsonValueKind.String ? [json.GetString()!] : [.. json.EnumerateObject().SelectMany(kind => Strings(kind.Value))];
}

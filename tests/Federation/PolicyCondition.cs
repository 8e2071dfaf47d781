using System.Text.Json;

namespace Sallyport.Tests.Federation;

/// <summary>One operator on one key of a Condition block.</summary>
/// <remarks>
/// IAM User Guide, "IAM JSON policy elements: Condition operators" and "Multivalued context keys". A missing key makes a comparison false and a negated
/// one true; IfExists makes both true; Null asks for nothing else. Several values of a comparison are alternatives, of a negated one none may match.
/// ForAllValues is true for a missing key, ForAnyValue is false. An operator that is not known here fails the test rather than passes anything.
/// </remarks>
internal sealed record PolicyCondition(string Operator, string Key, IReadOnlyList<string> Values)
{
    private const string IfExists = "IfExists";

    public static IEnumerable<PolicyCondition> Read(JsonElement block)
    {
        foreach (var comparison in block.EnumerateObject())
            foreach (var key in comparison.Value.EnumerateObject())
                yield return new PolicyCondition(comparison.Name, key.Name, PolicyStatement.Strings(key.Value));
    }

    public bool Holds(AccessRequest request)
    {
        var present = request[Key];
        if (Operator == "Null") return Values is [var isMissing] && bool.Parse(isMissing) == (present is null);

        var (quantifier, name) = Operator.Split(':') switch { [var set, var rest] => (set, rest), _ => ("", Operator) };
        var isIfExists = name.EndsWith(IfExists, StringComparison.Ordinal);
        if (isIfExists) name = name[..^IfExists.Length];
        var (isNegated, isWild, isCased) = name switch
        {
            "StringEquals" or "ArnEquals" => (false, name[0] == 'A', true),
            "StringNotEquals" or "ArnNotEquals" => (true, name[0] == 'A', true),
            "StringEqualsIgnoreCase" => (false, false, false),
            "StringNotEqualsIgnoreCase" => (true, false, false),
            "StringLike" or "ArnLike" => (false, true, true),
            "StringNotLike" or "ArnNotLike" => (true, true, true),
            _ => throw new NotSupportedException(Operator),
        };
        if (present is null) return isIfExists || quantifier == "ForAllValues" || (quantifier == "" && isNegated);
        return quantifier switch
        {
            "ForAllValues" => present.All(One),
            "ForAnyValue" => present.Any(One),
            "" => present is [var only] && One(only),
            _ => throw new NotSupportedException(Operator),
        };

        bool One(string value) => isNegated ^ Values.Any(pattern => PolicyText.Matches(pattern, value, request, isWild, isCased));
    }
}

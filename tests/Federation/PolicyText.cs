using System.Text.RegularExpressions;

namespace Sallyport.Tests.Federation;

/// <summary>A string of a policy: variables as <c>${key}</c> or <c>${key, 'otherwise'}</c>, wildcards <c>*</c> and <c>?</c>.</summary>
/// <remarks>IAM User Guide, "IAM policy elements: Variables and tags". What a variable brings is never a wildcard.</remarks>
internal static partial class PolicyText
{
    /// <summary>Whether it matches; never where a variable has no value, or several.</summary>
    public static bool Matches(string pattern, string text, AccessRequest request, bool isWild, bool isCased = true)
    {
        var expression = Expression(pattern, request, isWild);
        return expression is not null && Regex.IsMatch(text, expression, isCased ? RegexOptions.Singleline : RegexOptions.Singleline | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
    }

    /// <summary>Whether every variable has a value.</summary>
    public static bool IsResolved(string pattern, AccessRequest request) => Expression(pattern, request, isWild: true) is not null;

    private static string? Expression(string pattern, AccessRequest request, bool isWild)
    {
        var expression = new System.Text.StringBuilder("^");
        var at = 0;
        foreach (Match variable in Variable().Matches(pattern))
        {
            expression.Append(Plain(pattern[at..variable.Index], isWild));
            at = variable.Index + variable.Length;
            var key = variable.Groups["key"].Value.Trim();
            if (key is "*" or "?" or "$")
                expression.Append(Regex.Escape(key));
            else if (request[key] is [var only])
                expression.Append(Regex.Escape(only));
            else if (variable.Groups["otherwise"] is { Success: true } otherwise)
                expression.Append(Regex.Escape(otherwise.Value));
            else
                return null;
        }

        return expression.Append(Plain(pattern[at..], isWild)).Append("\\z").ToString();
    }

    private static string Plain(string text, bool isWild) =>
        isWild ? string.Concat(text.Select(c => c switch { '*' => ".*", '?' => ".", _ => Regex.Escape(c.ToString()) })) : Regex.Escape(text);

    [GeneratedRegex(@"\$\{(?<key>[^},]+)(,\s*'(?<otherwise>[^']*)')?\}", RegexOptions.ExplicitCapture)]
    private static partial Regex Variable();
}

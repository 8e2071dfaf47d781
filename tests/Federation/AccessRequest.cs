namespace Sallyport.Tests.Federation;

/// <summary>One question to the policies: who wants to do what with which resource, and what else is known. Names of keys ignore casing.</summary>
internal sealed class AccessRequest(string action, string resource)
{
    private readonly Dictionary<string, string[]> _context = new(StringComparer.OrdinalIgnoreCase);

    public string Action { get; } = action;

    public string Resource { get; } = resource;

    /// <summary>The ARN of a role or of a provider of identities.</summary>
    public string? Principal { get; init; }

    /// <summary>A key without any value is not there.</summary>
    public AccessRequest With(string key, params string[] values)
    {
        if (values.Length > 0) _context[key] = values;
        return this;
    }

    /// <summary>Null where the request does not have the key.</summary>
    public IReadOnlyList<string>? this[string key] => _context.GetValueOrDefault(key);
}

namespace Sallyport.Gateway.Proxy;

/// <summary>The <c>Sallyport:Forwarding</c> section, checked: what an upstream learns of the verified principal.</summary>
internal sealed record ForwardingOptions
{
    /// <summary>Start of every identity header; letters, digits and single hyphens, ending in a hyphen.</summary>
    public string Prefix { get; init; } = "X-Auth-";

    /// <summary>Header name after the prefix, to claim name.</summary>
    public IReadOnlyDictionary<string, string> Claims { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Whether the upstream gets the client's token; a route's metadata <c>Sallyport:Token</c> (<c>Keep</c> or <c>Strip</c>) overrides it.</summary>
    public bool KeepToken { get; init; }

    /// <summary>Bound on the names and values of one request's identity headers together, in bytes.</summary>
    public int MaxBytes { get; init; } = 8 * 1024;

    /// <summary>Whether a WebSocket or streaming response ends when its token expires.</summary>
    public bool CloseOnExpiry { get; init; } = true;
}

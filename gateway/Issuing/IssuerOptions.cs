using System.Text.Json;
using Sallyport.Gateway.Keys;

namespace Sallyport.Gateway.Issuing;

/// <summary>The <c>Sallyport:Issuer</c> section, checked: the inner door.</summary>
internal sealed record IssuerOptions
{
    /// <summary>The issuer identifier (RFC 8414 section 2), byte for byte the <c>iss</c> of every token, whatever a request's Host says.</summary>
    public required string Issuer { get; init; }

    public required KeyRingOptions Keys { get; init; }

    /// <summary>Life of an access token where its client has none of its own; at most <see cref="KeyRingOptions.MaxTokenLifetime"/>.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromMinutes(5);

    public IReadOnlyList<ClientOptions> Clients { get; init; } = [];

    public AssertionOptions Assertions { get; init; } = new();

    public IReadOnlyList<FederationOptions> Federation { get; init; } = [];

    /// <summary>Whether two differ in nothing but their clients and assertions, which are the parts that change while the process runs.</summary>
    public static bool HaveSameFixedParts(IssuerOptions? one, IssuerOptions? other) => string.Equals(Fixed(one), Fixed(other), StringComparison.Ordinal);

    // Lists compare by reference; their text does not. There is no secret in it.
    private static string Fixed(IssuerOptions? options) => options is null ? "" : JsonSerializer.Serialize(options with { Clients = [], Assertions = new() });
}

using Sallyport.Gateway.Trust;

namespace Sallyport.Gateway.Issuing;

/// <summary>One entry of <c>Sallyport:Issuer:Clients</c>, checked: who may ask for tokens, and for which.</summary>
internal sealed record ClientOptions
{
    /// <summary>The configured name, which is the <c>client_id</c>.</summary>
    public required string Id { get; init; }

    /// <summary>PBKDF2 hash of the secret for <c>client_secret_basic</c>; null when the client has a key instead.</summary>
    public string? SecretHash { get; init; }

    /// <summary>Public keys for <c>private_key_jwt</c> (RFC 7523): inline or PEM files; null when the client has a secret instead.</summary>
    public KeySourceOptions? Keys { get; init; }

    /// <summary>Audiences that it may ask for; the first is meant where it names none. Never empty.</summary>
    public required IReadOnlyList<string> Audiences { get; init; }

    /// <summary>Scopes that it may ask for; it gets all of them where it names none.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    public IReadOnlyList<Grant> Grants { get; init; } = [Grant.ClientCredentials];

    /// <summary>Life of its tokens; null for that of the issuer.</summary>
    public TimeSpan? Lifetime { get; init; }

    /// <summary>The most requests of this client that one process answers in a minute.</summary>
    public int RequestsPerMinute { get; init; } = 600;

    /// <summary>Without the hash.</summary>
    public override string ToString() => $"Client {Id}";
}

namespace Sallyport.Gateway.Issuing;

/// <summary>What a client's attempt to prove itself came to. It is the client's only where there is no error.</summary>
/// <param name="Client">The client that proved itself, or that somebody claims to be; null for none that is known.</param>
internal readonly record struct ClientProof(Client? Client, TokenError? Error)
{
    public static implicit operator ClientProof(TokenError error) => new(null, error);
}

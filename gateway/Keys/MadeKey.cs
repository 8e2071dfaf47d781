using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway.Keys;

/// <summary>A key that was just made.</summary>
/// <param name="Public">The public half, with <c>alg</c> and its thumbprint as <c>kid</c>.</param>
/// <param name="Sealed">What the ring keeps of the private half: sealed bytes, or the name of the key where it is kept elsewhere.</param>
internal sealed record MadeKey(Jwk Public, ReadOnlyMemory<byte> Sealed)
{
    /// <summary>The name only.</summary>
    public override string ToString() => Public.KeyId!;
}

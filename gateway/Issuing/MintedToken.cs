namespace Sallyport.Gateway.Issuing;

/// <summary>A token of ours.</summary>
/// <param name="Text">The compact form.</param>
/// <param name="TokenId">Its <c>jti</c>.</param>
/// <param name="KeyId">Its <c>kid</c>.</param>
internal sealed record MintedToken(string Text, string TokenId, string KeyId, DateTimeOffset IssuedAt, DateTimeOffset Expires)
{
    /// <summary>Without the token.</summary>
    public override string ToString() => $"Token {TokenId} by {KeyId}";
}

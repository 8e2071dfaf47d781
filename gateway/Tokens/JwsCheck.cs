namespace Sallyport.Gateway.Tokens;

/// <summary>The signature layer in one call: compact form, header, choice of the key, signature. The payload is any bytes.</summary>
internal static class JwsCheck
{
    /// <summary>The longest JWS that is looked at, in characters.</summary>
    public const int MaxBytes = 1 << 20;

    /// <summary>Null when the signature is valid for a key of the set.</summary>
    public static TokenFault? Check(string jws, JwkSet set, IReadOnlyCollection<Algorithm> allowed)
    {
        if (!CompactJws.TryParse(jws, MaxBytes, out var parsed, out var fault))
            return fault;
        var header = parsed!.Header;
        var (key, refused) = set.Select(header.KeyId, header.Algorithm, allowed);
        if (key is null)
            return refused;
        return key.Verify(header.Algorithm, parsed.SigningInput, parsed.Signature) ? null : TokenFault.SignatureInvalid;
    }
}

using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway.Identity;

/// <summary>The word of a workload's X.509-SVID for a key: this issuer's tokens are signed with it, from when to when.</summary>
/// <remarks>
/// A JWS in compact form (RFC 7515): header <c>alg</c>, <c>typ</c> and <c>x5c</c>, the chain of the SVID; payload <c>iss</c>, <c>sub</c> (the SPIFFE ID),
/// <c>kid</c>, <c>jkt</c> (RFC 7638), <c>purpose</c>, <c>nbf</c>, <c>exp</c> and <c>iat</c> in seconds, and nothing else.
/// </remarks>
internal sealed record Endorsement
{
    public const string Type = "key-endorsement+jws";

    /// <summary>The only purpose that there is.</summary>
    public const string TokenSigning = "token-signing";

    /// <summary>The longest, in characters.</summary>
    public const int MaxLength = 16 * 1024;

    /// <summary>The JWS.</summary>
    public required string Text { get; init; }

    public required string Issuer { get; init; }

    /// <summary>The <c>sub</c>: who vouches. Nobody has compared it with the certificate yet, see <see cref="Check"/>.</summary>
    public required string SpiffeId { get; init; }

    public required string KeyId { get; init; }

    /// <summary>RFC 7638, of the key that is endorsed.</summary>
    public required string Thumbprint { get; init; }

    public required string Purpose { get; init; }

    public required DateTimeOffset NotBefore { get; init; }

    public required DateTimeOffset Expires { get; init; }

    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>The certificates in DER, the leaf first.</summary>
    public required IReadOnlyList<byte[]> Chain { get; init; }

    public required DateTimeOffset LeafNotBefore { get; init; }

    public required DateTimeOffset LeafNotAfter { get; init; }

    /// <summary>SHA-256 of the JWS, base64url: its name in archive and audit trail.</summary>
    public string Hash => HashOf(Text);

    /// <summary>When a newer one should take its place: after two thirds of the certificate's life, or of its own.</summary>
    public DateTimeOffset RenewAt
    {
        get
        {
            var (byLeaf, byItself) = (LeafNotBefore + ((LeafNotAfter - LeafNotBefore) / 3 * 2), IssuedAt + ((Expires - IssuedAt) / 3 * 2));
            return byLeaf < byItself ? byLeaf : byItself;
        }
    }

    public static string HashOf(string text) => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(text)));

    /// <summary>Reads what some certificate's key signed; whose certificate it is, and for which key, is for <see cref="Check"/>.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="problem">Why it is none, as a clause.</param>
    public static Endorsement? Read(string text, out string? problem) => EndorsementReader.Read(text, out problem);

    /// <summary>When it was made, of a text that is taken for one unseen; null where it says no such thing.</summary>
    public static DateTimeOffset? TimeOf(string text) => EndorsementReader.TimeOf(text);

    /// <summary>Whether the holder of a valid SVID vouched for this very key of this very issuer. That it has ended since is no fault of it.</summary>
    /// <param name="issuer">The <c>iss</c> of the tokens.</param>
    /// <param name="key">The public key.</param>
    /// <param name="keyId">Its <c>kid</c>.</param>
    /// <param name="bundles">The trust bundles to believe.</param>
    /// <returns>Why not, as a clause; null when so.</returns>
    public string? Check(string issuer, Jwk key, string keyId, TrustBundles bundles)
    {
        if (Purpose != TokenSigning) return $"its purpose is not {TokenSigning}";
        if (Issuer != issuer) return "it is for another issuer";
        if (KeyId != keyId || Thumbprint != key.Thumbprint) return "it is for another key";
        if (IssuedAt > Expires || NotBefore > Expires) return "it ends before it begins";
        if (Expires > LeafNotAfter) return "it outlives its certificate";
        if (SvidCheck.Check(Chain, bundles, IssuedAt, out var id) is { } problem) return $"its SVID does not hold: {problem}";
        return id!.ToString() == SpiffeId ? null : "its certificate has another SPIFFE ID than it says";
    }

    /// <summary>Who vouches for which key.</summary>
    public override string ToString() => $"{SpiffeId} for {KeyId} until {Expires:u}";
}

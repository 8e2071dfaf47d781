using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Sallyport.Gateway.Tokens;
using Sallyport.Gateway.Trust;

namespace Sallyport.Gateway.Demonstration;

/// <summary>An issuer for trying things out: one ES256 key, in the memory of this process, made anew at every start.</summary>
internal sealed class DevelopmentIssuer : IDisposable
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly Jwk _public;

    public DevelopmentIssuer()
    {
        var parameters = _key.ExportParameters(includePrivateParameters: false);
        // RFC 7638: the kid is the thumbprint, which the key itself determines.
        var thumbprint = Jwk.FromEc(parameters).Thumbprint;
        _public = Jwk.FromEc(parameters, thumbprint, Algorithm.Find("ES256"));
        Keys = JwkSet.Of(_public);
    }

    public JwkSet Keys { get; }

    /// <summary>Signs a token that <paramref name="issuer"/>'s configuration accepts; times are JSON integers (RFC 7519 section 2).</summary>
    public string Mint(TrustedIssuerOptions issuer, IReadOnlyDictionary<string, string> claims, DateTimeOffset now)
    {
        var header = Json(writer =>
        {
            writer.WriteString("alg", "ES256");
            writer.WriteString("typ", "JWT");
            writer.WriteString("kid", _public.KeyId);
        });
        var payload = Json(writer =>
        {
            var lifetime = Lifetime < issuer.MaxLifetime ? Lifetime : issuer.MaxLifetime;
            writer.WriteString("iss", issuer.Issuer);
            writer.WriteString("aud", issuer.Audiences[0]);
            writer.WriteNumber("iat", now.ToUnixTimeSeconds());
            writer.WriteNumber("exp", (now + lifetime).ToUnixTimeSeconds());
            writer.WriteString("jti", Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16)));
            foreach (var (name, value) in claims.Where(c => !IsOurs(c.Key)))
                if (value is "true" or "false") writer.WriteBoolean(name, value == "true");
                else writer.WriteString(name, value);
        });
        var signed = $"{header}.{payload}";
        return $"{signed}.{Base64Url.EncodeToString(_key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256))}";
    }

    public void Dispose() => _key.Dispose();

    private static bool IsOurs(string claim) => claim is "iss" or "aud" or "iat" or "exp" or "nbf" or "jti";

    private static string Json(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return Base64Url.EncodeToString(stream.GetBuffer().AsSpan(0, (int)stream.Length));
    }
}

using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Sallyport.Tests.Federation;

/// <summary>Plays AWS STS: verifies a token by discovery over HTTP with nothing of ours, then asks the trust policy.</summary>
/// <param name="http">Leads to the issuer, whatever its public name.</param>
/// <param name="issuer">The URL of the provider that is registered in IAM.</param>
/// <param name="clientIds">Its audiences.</param>
internal sealed class StsPlayer(HttpClient http, string issuer, params string[] clientIds)
{
    public const string RoleArn = "arn:aws:iam::111122223333:role/tenant-reader";

    private const string TagsClaim = "https://aws.amazon.com/tags";

    private string Host => issuer["https://".Length..];

    private string ProviderArn => "arn:aws:iam::111122223333:oidc-provider/" + Host;

    public async Task<AwsSession> AssumeRoleAsync(string token, PolicyDocument trust)
    {
        if (token.Length > 20_000) throw new StsRefusal("ValidationError", "the token is too long");
        if (token.Split('.') is not [var header64, var payload64, var signature64]) throw new StsRefusal("InvalidIdentityToken", "no JWS");
        using var header = JsonDocument.Parse(Base64Url.DecodeFromChars(header64));
        using var payload = JsonDocument.Parse(Base64Url.DecodeFromChars(payload64));
        var claims = payload.RootElement;

        if (Text(claims, "iss") != issuer) throw new StsRefusal("InvalidIdentityToken", "no provider for this issuer");
        await VerifyAsync(header.RootElement, Encoding.ASCII.GetBytes($"{header64}.{payload64}"), Base64Url.DecodeFromChars(signature64));
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        if (claims.GetProperty("exp").GetInt64() <= now) throw new StsRefusal("ExpiredTokenException", "expired");
        if (!claims.TryGetProperty("iat", out var issuedAt) || issuedAt.GetInt64() > now + 300) throw new StsRefusal("InvalidIdentityToken", "iat");
        var audience = Text(claims, "aud");
        if (!clientIds.Contains(audience, StringComparer.Ordinal)) throw new StsRefusal("InvalidIdentityToken", "incorrect token audience");
        var subject = Text(claims, "sub");
        if (subject is not { Length: > 0 and <= 255 }) throw new StsRefusal("InvalidIdentityToken", "sub");

        var (tags, transitive) = Tags(claims);
        // A session with tags is two actions, and the policy must allow both.
        string[] actions = tags.Count > 0 ? ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"] : ["sts:AssumeRoleWithWebIdentity"];
        foreach (var action in actions)
        {
            var request = new AccessRequest(action, RoleArn) { Principal = ProviderArn }
                .With($"{Host}:aud", audience!)
                .With($"{Host}:sub", subject)
                .With("aws:TagKeys", [.. tags.Keys])
                .With("sts:TransitiveTagKeys", [.. transitive]);
            foreach (var (key, value) in tags) request.With($"aws:RequestTag/{key}", value);
            if (!PolicyDocument.Allows(request, trust)) throw new StsRefusal("AccessDenied", action);
        }

        return new AwsSession(RoleArn, tags, transitive);
    }

    private async Task VerifyAsync(JsonElement header, byte[] input, byte[] signature)
    {
        using var discovery = await GetAsync(issuer + "/.well-known/openid-configuration");
        if (Text(discovery.RootElement, "issuer") != issuer) throw new StsRefusal("InvalidIdentityToken", "discovery of another issuer");
        using var jwks = await GetAsync(Text(discovery.RootElement, "jwks_uri")!);
        var keys = jwks.RootElement.GetProperty("keys").EnumerateArray().ToList();
        if (keys.Count > 100) throw new StsRefusal("InvalidIdentityToken", "too many keys");
        var kid = Text(header, "kid");
        var key = keys.SingleOrDefault(key => kid is not null && Text(key, "kid") == kid);
        if (key.ValueKind == JsonValueKind.Undefined) throw new StsRefusal("InvalidIdentityToken", "no verification key");

        var isValid = (Text(header, "alg"), Text(key, "kty"), Text(key, "crv")) switch
        {
            ("RS256", "RSA", _) => Rsa(key).VerifyData(input, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            ("ES256", "EC", "P-256") => Ec(key).VerifyData(input, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation),
            _ => throw new StsRefusal("InvalidIdentityToken", "unsupported algorithm"),
        };
        if (!isValid) throw new StsRefusal("InvalidIdentityToken", "signature");
    }

    private async Task<JsonDocument> GetAsync(string url)
    {
        var uri = new Uri(url);
        if (uri.Scheme != "https" || !uri.IsDefaultPort || uri.Host != new Uri(issuer).Host) throw new StsRefusal("InvalidIdentityToken", "not reachable");
        // The public name, and the port of this test's gateway.
        using var answer = await http.GetAsync(uri.PathAndQuery);
        if ((int)answer.StatusCode != 200) throw new StsRefusal("IDPCommunicationError", "no answer");
        return JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync());
    }

    private static (Dictionary<string, string> Tags, List<string> Transitive) Tags(JsonElement claims)
    {
        var tags = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var transitive = new List<string>();
        if (!claims.TryGetProperty(TagsClaim, out var claim)) return (tags, transitive);
        foreach (var tag in claim.GetProperty("principal_tags").EnumerateObject())
        {
            var value = Assert.Single(tag.Value.EnumerateArray()).GetString()!;
            if (tag.Name.Length > 128 || value.Length > 256 || !tags.TryAdd(tag.Name, value)) throw new StsRefusal("ValidationError", "tag");
        }

        if (tags.Count > 50) throw new StsRefusal("ValidationError", "tags");
        if (claim.TryGetProperty("transitive_tag_keys", out var keys)) transitive.AddRange(keys.EnumerateArray().Select(key => key.GetString()!));
        if (!transitive.TrueForAll(tags.ContainsKey)) throw new StsRefusal("ValidationError", "transitive key without a tag");
        return (tags, transitive);
    }

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static byte[] Number(JsonElement key, string name) => Base64Url.DecodeFromChars(Text(key, name));

    private static RSA Rsa(JsonElement key) => RSA.Create(new RSAParameters { Modulus = Number(key, "n"), Exponent = Number(key, "e") });

    private static ECDsa Ec(JsonElement key) => ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = Number(key, "x"), Y = Number(key, "y") } });
}

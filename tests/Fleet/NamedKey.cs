using System.Text.Json.Nodes;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Fleet;

/// <summary>A signing key of an issuer and the kid that it is published under.</summary>
internal sealed record NamedKey(string Kid, TestKey Key)
{
    public JsonObject Jwk => Key.PublicJwk(Kid, Key.Algorithm, "sig");

    public static NamedKey New(string kid, string algorithm = "ES256") => new(kid, TestKey.New(algorithm));
}

using System.Text;
using System.Text.Json.Nodes;
using Sallyport.Gateway.Tokens;

namespace Sallyport.Tests.Tokens;

/// <summary>A test vector of an RFC, one file in <c>Rfc/</c>; the file names its section.</summary>
internal sealed class RfcVector
{
    private readonly JsonNode _document;

    private RfcVector(JsonNode document) => _document = document;

    public string Jws => Text("jws")!;

    public string? Payload => Text("payload");

    public string? Refused => Text("refused");

    public string? Thumbprint => Text("thumbprint");

    public byte[] Seed => Octets("seed");

    public Algorithm Algorithm => Algorithm.Find(Text("algorithm")!)!;

    /// <summary>The vector's key as a set: read from its JWK, or, for a secret, configured.</summary>
    public JwkSet Keys
    {
        get
        {
            if (_document["key"] is not { } key)
                return JwkSet.Of(Jwk.FromSecret(Octets("secret"), Text("kid")));
            var json = new JsonObject { ["keys"] = new JsonArray(key.DeepClone()) }.ToJsonString();
            Assert.True(JwkSet.TryParse(Encoding.UTF8.GetBytes(json), 1, out var set, out var problem), problem);
            Assert.Empty(set!.Ignored);
            return set;
        }
    }

    public static RfcVector Read(string name) => new(ReadJson(name));

    public static JsonNode ReadJson(string name) =>
        JsonNode.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Rfc", name + ".json")))!;

    private string? Text(string member) => (string?)_document[member];

    private byte[] Octets(string member)
    {
        Assert.True(StrictBase64Url.TryDecode(Text(member), out byte[] octets));
        return octets;
    }
}

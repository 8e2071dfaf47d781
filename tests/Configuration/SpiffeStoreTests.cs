using System.Text.Json.Nodes;
using Sallyport.Gateway.Keys;

namespace Sallyport.Tests.Configuration;

public sealed class SpiffeStoreTests
{
    [Theory]
    [InlineData(null, "")]
    [InlineData("RS256", "RS256")]
    public void An_issuer_whose_SVIDs_sign_needs_an_identity_and_nothing_else(string? asked, string algorithm)
    {
        var json = With(issuer => issuer["Algorithm"] = asked);
        var (options, mistakes) = Sample.Read(json);
        Assert.Empty(mistakes);
        Assert.Equal((KeyStoreKind.Spiffe, algorithm), (options!.Issuer!.Keys.Store, options.Issuer.Keys.Algorithm));

        Sample.Set(json, "Sallyport Identity", null);
        Assert.Equal("$.Sallyport.Issuer.Keys.Store", Assert.Single(Sample.Read(json).Mistakes).Path);
    }

    [Theory]
    [InlineData("Algorithm", "\"EdDSA\"")]
    [InlineData("Algorithm", "\"PS256\"")]
    [InlineData("Keys Life", "\"1.00:00:00\"")]
    [InlineData("Keys KeyEncryptionKey", "{\"Environment\":\"PATH\"}")]
    [InlineData("Keys Directory", "\"ring\"")]
    public void What_only_a_ring_has_is_a_mistake(string place, string value)
    {
        var json = With();
        Assert.Empty(Sample.Read(json).Mistakes);
        Sample.Set(json, "Sallyport Issuer " + place, value);
        Assert.Contains(Sample.Read(json).Mistakes, mistake => mistake.Path == "$.Sallyport.Issuer." + place.Replace(' ', '.'));
    }

    [Fact]
    public void An_identity_that_is_required_makes_endorsements_required()
    {
        var json = With(issuer => issuer["Keys"] = new JsonObject { ["Store"] = "Memory" });
        Assert.False(Sample.Read(json).Options!.Issuer!.Keys.IsEndorsementRequired);
        Sample.Set(json, "Sallyport Identity Required", "true");
        Assert.True(Sample.Read(json).Options!.Issuer!.Keys.IsEndorsementRequired);
    }

    private static JsonNode With(Action<JsonObject>? edit = null)
    {
        var issuer = new JsonObject { ["Issuer"] = "https://gateway.example.com", ["Keys"] = new JsonObject { ["Store"] = "Spiffe" } };
        edit?.Invoke(issuer);
        if (issuer["Algorithm"] is null) issuer.Remove("Algorithm");
        var sample = Sample.With("Sallyport Issuer", issuer.ToJsonString());
        Sample.Set(sample, "Sallyport TrustedIssuers own", null);
        Sample.Set(sample, "Sallyport Demonstration", null);
        Sample.Set(sample, "Sallyport Identity", """{ "Source": "Files", "Files": { "Certificate": "svid.pem", "Key": "svid_key.pem", "Bundle": "bundle.pem" } }""");
        return sample;
    }
}

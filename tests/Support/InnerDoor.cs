using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Sallyport.Gateway.Issuing;
using Sallyport.Gateway.Keys;
using Sallyport.Gateway.Tokens;

namespace Sallyport.Tests.Support;

/// <summary>A house whose gateway is an issuer too: its services are <c>orders</c>, and it trusts its own access tokens for <c>gateway</c>.</summary>
internal static class InnerDoor
{
    public const string Issuer = "https://gateway.example.com";

    public static Task<House> OpenAsync(Action<JsonObject>? edit = null, TimeProvider? clock = null) => House.OpenAsync(
        json =>
        {
            json["Sallyport"]!["Issuer"] = new JsonObject { ["Issuer"] = Issuer, ["Keys"] = new JsonObject { ["Store"] = "Memory" } };
            json["Sallyport"]!["TrustedIssuers"]!["own"] = JsonNode.Parse("""{ "Audiences": ["gateway"], "Keys": { "Own": true } }""");
            json["Sallyport"]!["Policies"]!["any"] = new JsonObject();
            json["ReverseProxy"]!["Clusters"]!["upstream"]!["Metadata"] = new JsonObject { ["Sallyport:Audience"] = "orders" };
            edit?.Invoke(json);
        },
        clock);

    public static OwnKeys Keys(this House house) => house.Gateway.Services.GetRequiredService<OwnKeys>();

    /// <summary>What a service that knows our keys reads in an assertion; fails if it would not believe it.</summary>
    public static JsonObject Believed(this House house, string? assertion)
    {
        Assert.NotNull(assertion);
        Assert.Null(JwsCheck.Check(assertion, house.Keys().Current!.Published, Algorithm.All));
        return Part(assertion, 1);
    }

    /// <summary>A part of a compact JWS, decoded.</summary>
    public static JsonObject Part(string jws, int number) =>
        (JsonObject)JsonNode.Parse(Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(jws.Split('.')[number])))!;

    public static string KidOf(string jws) => (string)Part(jws, 0)["kid"]!;

    /// <summary>How many assertions were signed so far, by the audit.</summary>
    public static int Signed(this House house) => house.Gateway.Logs.Entries.Count(entry =>
        entry.Category.EndsWith("AuditTrail", StringComparison.Ordinal)
        && entry.Message.Contains("\"token_minted\"", StringComparison.Ordinal) && entry.Message.Contains("\"assertion\"", StringComparison.Ordinal));

    /// <summary>An access token of the gateway's own, as its token endpoint would sign it.</summary>
    public static async Task<string> OwnTokenAsync(this House house, Action<MintRequestEdit>? edit = null)
    {
        var wanted = new MintRequestEdit();
        edit?.Invoke(wanted);
        var request = new MintRequest
        {
            Type = wanted.Type,
            Subject = "service",
            Audiences = ["gateway"],
            Lifetime = wanted.Lifetime,
            WriteClaims = writer =>
            {
                foreach (var (name, value) in wanted.Claims)
                {
                    writer.WritePropertyName(name);
                    writer.WriteRawValue(value!.ToJsonString());
                }
            },
            Actor = "test",
            Purpose = "client_credentials",
        };
        return (await house.Gateway.Services.GetRequiredService<TokenMint>().MintAsync(request, default)).Text;
    }

    /// <summary>What an operator's emergency does: a new key signs at once, and the old one is revoked.</summary>
    public static async Task ReplaceKeyAsync(this House house)
    {
        RingOutcome outcome = null!;
        // The gateway's own timer may be at the ring just now.
        async Task<bool> IsDone() => (outcome = await house.Gateway.Services.GetRequiredService<RingKeeper>().ChangeAsync(
            known: null,
            "operator",
            async draft =>
            {
                var stolen = draft.Ring.Active!.KeyId;
                draft.Activate(await draft.PrepareAsync(Algorithm.Find("ES256")!, draft.Now, isByOperator: false, default), isEmergency: true);
                draft.Revoke(stolen, "stolen");
                return null;
            },
            CancellationToken.None)).Kind != RingOutcomeKind.Busy;
        await Poll.Until(IsDone);
        Assert.Equal(RingOutcomeKind.Written, outcome.Kind);
        await house.Gateway.Services.GetRequiredService<KeyRotator>().LookAsync(CancellationToken.None);
    }

    /// <summary>From now on the ring is what the test publishes.</summary>
    public static Task StopRotationAsync(this House house) => house.Gateway.Services.GetRequiredService<KeyRotator>().StopAsync(CancellationToken.None);

    internal sealed class MintRequestEdit
    {
        public string Type { get; set; } = "at+jwt";

        public TimeSpan Lifetime { get; set; } = TimeSpan.FromMinutes(10);

        public JsonObject Claims { get; } = [];
    }
}

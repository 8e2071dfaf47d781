using System.Text.Json;
using Sallyport.Gateway.Configuration;
using Sallyport.Gateway.Issuing;

namespace Sallyport.Gateway.Cli;

/// <summary>The claim with the session tags, in shape and size.</summary>
internal static class AwsTagsCheck
{
    private static readonly JsonPath At = new("token");

    public static void Check(JsonElement claims, List<Mistake> findings)
    {
        var at = At.Member(FederationClaims.Name);
        if (!claims.TryGetProperty(FederationClaims.Name, out var claim))
        {
            Wrong(at, "is missing: the session would have no tags, and a policy that asks for one refuses it.", "Exchange the token for an audience of Issuer.Federation.");
            return;
        }

        if (claim.ValueKind != JsonValueKind.Object || !claim.TryGetProperty("principal_tags", out var tags) || tags.ValueKind != JsonValueKind.Object)
        {
            Wrong(at.Member("principal_tags"), "is no object.", "Write {\"principal_tags\": {\"key\": [\"value\"]}}.");
            return;
        }

        at = at.Member("principal_tags");
        var keys = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var tag in tags.EnumerateObject())
        {
            if (tag.Name.Length is 0 or > FederationLimits.MaxKeyCharacters || !FederationLimits.HasTagCharacters(tag.Name) || FederationLimits.IsReserved(tag.Name))
                Wrong(at.Member(tag.Name), "is no key of a session tag.", $"1 to {FederationLimits.MaxKeyCharacters} letters, numbers, inner spaces and _ . : / = + - @, not beginning with aws:.");
            if (!keys.Add(tag.Name)) Wrong(at.Member(tag.Name), "differs from another key in its casing only.", "Keys are unique ignoring case.");
            Value(at.Member(tag.Name), tag.Value);
        }

        if (keys.Count is 0 or > FederationLimits.MaxTags) Wrong(at, $"has {keys.Count} tags.", $"1 to {FederationLimits.MaxTags}.");
        if (claim.TryGetProperty("transitive_tag_keys", out var transitive)) Transitive(transitive);

        void Value(JsonPath place, JsonElement values)
        {
            if (values.ValueKind != JsonValueKind.Array || values.GetArrayLength() != 1 || values[0].ValueKind != JsonValueKind.String)
                Wrong(place, "is no list of one string.", "A session tag has one value.");
            else if (values[0].GetString() is not { Length: > 0 and <= FederationLimits.MaxValueCharacters } value || !FederationLimits.HasTagCharacters(value) || FederationLimits.IsReserved(value))
                Wrong(place.Element(0), "is no value of a session tag.", $"1 to {FederationLimits.MaxValueCharacters} letters, numbers, inner spaces and _ . : / = + - @, not beginning with aws:.");
        }

        void Transitive(JsonElement list)
        {
            var place = At.Member(FederationClaims.Name).Member("transitive_tag_keys");
            if (list.ValueKind != JsonValueKind.Array || list.EnumerateArray().Any(key => key.ValueKind != JsonValueKind.String || !keys.Contains(key.GetString()!)))
                Wrong(place, "is no list of keys of principal_tags.", "List only tags that are there.");
        }

        void Wrong(JsonPath place, string problem, string mend) => findings.Add(new(place.Text, problem, mend));
    }
}

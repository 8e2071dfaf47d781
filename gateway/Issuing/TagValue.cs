using System.Text.Json;
using Sallyport.Policies;

namespace Sallyport.Gateway.Issuing;

/// <summary>The value of one session tag: a claim, normalised, or why there is none.</summary>
internal static class TagValue
{
    /// <summary>Takes the prefix off, then makes it lower-case, then holds it against AWS's limits; that the claim is there comes first.</summary>
    public static string? Read(FederatedTag tag, Principal subject, out FederationRefusal? refusal)
    {
        refusal = null;
        if (!subject.TryGetClaim(tag.Claim, out var claim) || claim.Kind == ClaimKind.Null)
            return Refuse(out refusal, FederationRefusal.TagMissing, tag, "is not there");
        if (Single(claim) is not { } value)
            return Refuse(out refusal, FederationRefusal.TagKind, tag, "is no single string or whole number");

        if (tag.StripPrefix is { } prefix && value.StartsWith(prefix, StringComparison.Ordinal)) value = value[prefix.Length..];
        if (tag.IsLowerCase) value = value.ToLowerInvariant();

        if (string.IsNullOrWhiteSpace(value))
            return Refuse(out refusal, FederationRefusal.TagEmpty, tag, "is empty or blank");
        if (value.Length > FederationLimits.MaxValueCharacters)
            return Refuse(out refusal, FederationRefusal.TagTooLong, tag, $"is over {FederationLimits.MaxValueCharacters} characters");
        return FederationLimits.HasTagCharacters(value) && !FederationLimits.IsReserved(value)
            ? value
            : Refuse(out refusal, FederationRefusal.TagCharacters, tag, "has outer spaces, characters that AWS does not take, or its reserved prefix");
    }

    // An array of one says the same as its element. A number counts where it has one spelling only: 7 and 7.0 and 7e0 must not be three tenants.
    private static string? Single(ClaimValue claim) => claim.Kind switch
    {
        ClaimKind.String => claim.Text,
        ClaimKind.Number when IsWhole(claim.Text) => claim.Text,
        ClaimKind.Array => OnlyString(claim.Text),
        _ => null,
    };

    private static bool IsWhole(string text) => text.All(char.IsAsciiDigit) && (text.Length == 1 || text[0] != '0');

    private static string? OnlyString(string json)
    {
        using var array = JsonDocument.Parse(json);
        return array.RootElement.GetArrayLength() == 1 && array.RootElement[0] is { ValueKind: JsonValueKind.String } only ? only.GetString() : null;
    }

    private static string? Refuse(out FederationRefusal? refusal, string reason, FederatedTag tag, string problem)
    {
        refusal = new(FederationRefusal.InvalidRequest, reason, $"The claim '{Plain(tag.Claim)}' of the subject token, which the session tag '{Plain(tag.Key)}' is made of, {problem}.");
        return null;
    }

    // RFC 6749 section 5.2: an error_description is of visible ASCII, without quotation marks and backslashes.
    private static string Plain(string name) => string.Concat(name.Select(c => c is >= ' ' and <= '~' and not ('"' or '\\') ? c : '?'));
}

using Sallyport.Gateway.Keys;
using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway.Configuration;

/// <summary>Reads <c>Sallyport:Issuer:Keys:AwsKms</c>. Credentials are no business of the configuration: the AWS SDK finds them.</summary>
internal static class AwsKmsSection
{
    // RFC 7638 with SHA-256, in base64url.
    private const int KeyIdLength = 43;
    private const int MaxRegionLength = 32;
    private const int MaxTagName = 128;
    private const int MaxTagValue = 256;

    /// <param name="keys">Checked but for this.</param>
    /// <param name="given">Whether the section stands there at all.</param>
    /// <returns>Null unless the keys are in AWS KMS. With mistakes it is answered all the same, so that the rest is checked too.</returns>
    public static KmsOptions? Read(SectionReader section, KeyRingOptions keys, bool given, ReadingContext context)
    {
        var isWanted = keys.Store == KeyStoreKind.AwsKms;
        if (given && !isWanted)
            section.Wrong(section.Path, $"is given, though the Store is {keys.Store}.", "Take it out, or make the Store \"AwsKms\".");
        var standard = new KmsOptions { Region = "" };
        var options = standard with
        {
            Region = Region(section, isWanted),
            Alias = Alias(section) ?? standard.Alias,
            Endpoint = Endpoint(section, context),
            Freshness = section.Duration("Freshness", standard.Freshness, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)),
            Timeout = section.Duration(
                "Timeout", standard.Timeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(4), " Three requests in a row must end before the lease that a key is made under, of 15 s."),
            Tags = Tags(section.Object("Tags")),
        };
        section.Finish();
        return isWanted ? options : null;
    }

    /// <summary>KMS makes fewer kinds of keys than we do.</summary>
    public static void CheckAlgorithm(SectionReader issuer, KeyRingOptions keys)
    {
        if (Algorithm.Find(keys.Algorithm) is not { } algorithm) return;
        if (!KmsAlgorithms.IsMade(algorithm))
            issuer.Wrong("Algorithm", $"is {algorithm}, though the Store is AwsKms: KMS signs with Ed25519 over messages of at most 4096 bytes, and a token may be longer.", "Write \"ES256\", or another one of ES, RS and PS.");
        else if (algorithm.KeyType == KeyType.Rsa && !KmsAlgorithms.IsMade(keys.RsaBits))
            issuer.Wrong("RsaBits", "is a size that AWS KMS makes no keys of.", "Write 2048, 3072 or 4096.");
    }

    private static string Region(SectionReader section, bool isWanted)
    {
        if (isWanted && !section.Has("Region"))
            section.Wrong("Region", "is not given, though the Store is AwsKms.", "Write the region that the keys are made in, as \"eu-central-1\".");
        if (section.String("Region") is not { } region) return "";
        // It becomes a part of the address that requests go to.
        if (region.Length <= MaxRegionLength && char.IsAsciiLetterLower(region[0]) && char.IsAsciiLetterOrDigit(region[^1])
            && region.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')) return region;
        section.Wrong("Region", "is no name of an AWS region.", "Write it like \"eu-central-1\".");
        return "";
    }

    private static string? Alias(SectionReader section)
    {
        const string Mend = "Write it like \"alias/sallyport-{kid}\": letters, digits and / _ - around one {kid}.";
        if (section.String("Alias") is not { } alias) return null;
        var rest = alias.Split(KmsOptions.KeyIdMark);
        if (!alias.StartsWith("alias/", StringComparison.Ordinal) || rest.Length != 2)
            section.Wrong("Alias", "does not begin with alias/ or has not exactly one {kid}, by which every key has a name of its own.", Mend);
        else if (alias.StartsWith("alias/aws/", StringComparison.Ordinal))
            section.Wrong("Alias", "begins with alias/aws/, which is for the keys of AWS itself.", Mend);
        else if (!rest.All(part => part.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '_' or '-')))
            section.Wrong("Alias", "has characters that AWS KMS does not take.", Mend);
        else if (alias.Length - KmsOptions.KeyIdMark.Length + KeyIdLength > KmsOptions.MaxAliasLength)
            section.Wrong("Alias", $"is longer than the {KmsOptions.MaxAliasLength} characters that AWS KMS takes, with the {KeyIdLength} of a kid.", "Shorten it.");
        else
            return alias;
        return null;
    }

    private static Uri? Endpoint(SectionReader section, ReadingContext context)
    {
        if (section.Url("Endpoint") is not { } endpoint) return null;
        if (endpoint.Scheme == "https" || context.IsDevelopment) return endpoint;
        section.Wrong("Endpoint", "is http, so anybody on the way could answer.", "Use https; http is for the Development environment.");
        return null;
    }

    private static Dictionary<string, string> Tags(SectionReader section)
    {
        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in section.NamedValues())
        {
            if (name.StartsWith("aws:", StringComparison.OrdinalIgnoreCase) || name == KmsKeyMaker.IssuerTag)
                section.Wrong(name, "is a name of AWS's or the gateway's own.", "Choose another name.");
            else if (name.Length is 0 or > MaxTagName || !name.All(IsTagCharacter))
                section.Wrong(name, "is no name of a tag.", $"Use up to {MaxTagName} letters, digits, spaces and _ . : / = + - @.");
            else if (value.Value is not { } text || value.GetChildren().Any() || text.Length > MaxTagValue || !text.All(IsTagCharacter))
                section.Wrong(name, "is no value of a tag.", $"Write a string of up to {MaxTagValue} letters, digits, spaces and _ . : / = + - @.");
            else
                tags[name] = text;
        }

        if (tags.Count > KmsOptions.MaxTags)
            section.Wrong(section.Path, $"has {tags.Count} tags.", $"Give at most {KmsOptions.MaxTags}.");
        return tags;
    }

    private static bool IsTagCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is ' ' or '_' or '.' or ':' or '/' or '=' or '+' or '-' or '@';
}

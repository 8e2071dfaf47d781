namespace Sallyport.Gateway.Keys;

/// <summary>The <c>Sallyport:Issuer:Keys:AwsKms</c> section, checked: the private keys are made by AWS KMS and never leave it.</summary>
internal sealed record KmsOptions
{
    /// <summary>Stands for the name of the key in <see cref="Alias"/>.</summary>
    public const string KeyIdMark = "{kid}";

    /// <summary>The most characters of an alias, as KMS takes them.</summary>
    public const int MaxAliasLength = 256;

    /// <summary>The most tags of our own beside those that are configured; KMS takes 50 in all.</summary>
    public const int MaxTags = 40;

    /// <summary>As <c>eu-central-1</c>.</summary>
    public required string Region { get; init; }

    /// <summary>The alias of a key, with <c>{kid}</c> in it. The same for all replicas.</summary>
    public string Alias { get; init; } = "alias/sallyport-" + KeyIdMark;

    /// <summary>Another address than the region's own; null for that.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>How long what KMS said of a key is believed: a key that was disabled is known to be within this time.</summary>
    public TimeSpan Freshness { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>For one request with all that the client repeats. Three of them are shorter than the lease that a key is made under.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Tags of every key that is made.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The alias of the key of that name.</summary>
    public string AliasOf(string keyId) => Alias.Replace(KeyIdMark, keyId, StringComparison.Ordinal);
}

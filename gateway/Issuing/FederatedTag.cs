namespace Sallyport.Gateway.Issuing;

/// <summary>One session tag of a federated audience: which claim it comes of, and how its value is normalised.</summary>
/// <param name="Key">Name of the tag, 1 to 128 characters of AWS's set; unique ignoring case.</param>
/// <param name="Claim">The claim of the subject's token.</param>
/// <param name="StripPrefix">Taken off the value's beginning where it is there; null for nothing.</param>
/// <param name="IsLowerCase">Whether the value is made lower-case, after the prefix was taken off.</param>
/// <param name="IsTransitive">Whether the tag stays through role chaining (<c>transitive_tag_keys</c>).</param>
internal sealed record FederatedTag(string Key, string Claim, string? StripPrefix, bool IsLowerCase, bool IsTransitive);

namespace Sallyport.Gateway.Issuing;

/// <summary>Why a federated audience gets no token: an answer for the client, never an exception.</summary>
/// <param name="Error">The error of RFC 6749 section 5.2, or <c>invalid_target</c> of RFC 8693 section 2.2.2.</param>
/// <param name="Reason">A fixed code, for the audit and metrics: one of the constants here.</param>
/// <param name="Description">For the client's developer: names the tag and the claim, never a value.</param>
internal sealed record FederationRefusal(string Error, string Reason, string Description)
{
    public const string InvalidRequest = "invalid_request";
    public const string InvalidTarget = "invalid_target";

    /// <summary>The subject's token does not have the claim, or it is null there.</summary>
    public const string TagMissing = "federation_tag_missing";

    /// <summary>The claim is no single string or whole number.</summary>
    public const string TagKind = "federation_tag_kind";

    /// <summary>Empty or blank, as it came or once it was normalised.</summary>
    public const string TagEmpty = "federation_tag_empty";

    /// <summary>Over 256 characters.</summary>
    public const string TagTooLong = "federation_tag_too_long";

    /// <summary>A character outside of AWS's set, an outer space, or AWS's own prefix.</summary>
    public const string TagCharacters = "federation_tag_characters";

    /// <summary>Each tag is well, but the token would be longer than STS takes.</summary>
    public const string TooLarge = "federation_too_large";

    /// <summary>The <c>sub</c> is not what OpenID Connect allows: up to 255 ASCII characters.</summary>
    public const string Subject = "federation_subject";

    /// <summary>The subject's token is at its end, so that nothing is left for one of ours.</summary>
    public const string SubjectExpired = "federation_subject_expired";

    /// <summary>The active key signs with an algorithm that STS does not verify.</summary>
    public const string Algorithm = "federation_algorithm";
}

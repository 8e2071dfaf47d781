namespace Sallyport.Gateway.Proof;

/// <summary>An endorsement as the trail tells of it.</summary>
/// <param name="Sequence">Number of the record.</param>
/// <param name="Hash">SHA-256 of the endorsement, which the archive has it under.</param>
/// <param name="Ends">The end of the SVID, in whole seconds.</param>
internal sealed record RecordedEndorsement(long Sequence, string KeyId, string? Hash, string? SpiffeId, DateTimeOffset? Ends, string Place);

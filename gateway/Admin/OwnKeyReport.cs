using Sallyport.Gateway.Identity;
using Sallyport.Gateway.Keys;

namespace Sallyport.Gateway.Admin;

/// <summary>One key of our own, by name and times: public facts only.</summary>
internal sealed record OwnKeyReport(
    string Kid,
    string Algorithm,
    string State,
    DateTimeOffset PreparedAt,
    DateTimeOffset ActivateAt,
    DateTimeOffset? ActivatedAt,
    DateTimeOffset? RetiredAt,
    DateTimeOffset NotAfter,
    DateTimeOffset? RevokedAt,
    string? RevokedReason,
    bool Emergency,
    string? EndorsedBy,
    DateTimeOffset? EndorsedUntil)
{
    public static OwnKeyReport Of(RingKey key)
    {
        var endorsement = key.Endorsement is { } text ? Endorsement.Read(text, out _) : null;
        return new(
            key.KeyId,
            key.Algorithm.Name,
            RingReader.NameOf(key.State),
            key.PreparedAt,
            key.ActivateAt,
            key.ActivatedAt,
            key.RetiredAt,
            key.NotAfter,
            key.RevokedAt,
            key.RevokedReason,
            key.IsEmergency,
            endorsement?.SpiffeId,
            endorsement?.Expires);
    }
}

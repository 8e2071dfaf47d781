namespace Sallyport.Gateway.Audit;

/// <summary>The <c>Sallyport:Audit</c> section, checked: how the trail is kept.</summary>
internal sealed record AuditOptions
{
    public AuditSinkKind Sink { get; init; } = AuditSinkKind.Log;

    /// <summary>The archive, a full path: set but for <see cref="AuditSinkKind.Log"/>.</summary>
    public string? Directory { get; init; }

    /// <summary>How many records there are at most between two checkpoints.</summary>
    public int CheckpointEvery { get; init; } = 1000;

    /// <summary>How long a record is at most without a checkpoint that covers it.</summary>
    public TimeSpan CheckpointAfter { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The <c>iss</c> of our tokens, which a trail that starts is bound to; null where we issue nothing.</summary>
    public string? Issuer { get; init; }

    /// <summary>Where the archive has public keys; null for no archive.</summary>
    public string? Keys => Directory is null ? null : Path.Combine(Directory, "keys");

    /// <summary>Where the archive has endorsements; null for no archive.</summary>
    public string? Endorsements => Directory is null ? null : Path.Combine(Directory, "endorsements");
}

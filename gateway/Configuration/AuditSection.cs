using Sallyport.Gateway.Audit;

namespace Sallyport.Gateway.Configuration;

/// <summary>Reads <c>Sallyport:Audit</c>.</summary>
internal static class AuditSection
{
    /// <param name="section">The section.</param>
    /// <param name="issuer">Our own <c>iss</c>; null where we issue nothing.</param>
    /// <param name="context">From where relative paths go.</param>
    public static AuditOptions Read(SectionReader section, string? issuer, ReadingContext context)
    {
        var standard = new AuditOptions();
        var given = section.Has("Directory") || section.Has("CheckpointEvery") || section.Has("CheckpointAfter");
        if (given && !section.Has("Sink"))
            section.Wrong("Sink", "is not given.", "Write \"File\" for the processes of one machine, \"Redis\" for a trail that the replicas share, or \"Log\" for lines in the log, which nobody keeps.");
        var isNamed = Enum.TryParse<AuditSinkKind>(section.Choice("Sink", Enum.GetNames<AuditSinkKind>()), out var kind);
        var sink = isNamed ? kind : AuditSinkKind.Log;
        var options = new AuditOptions
        {
            Sink = sink,
            Directory = section.String("Directory") is { } folder ? Path.GetFullPath(folder.Replace("\0", "", StringComparison.Ordinal), context.ContentRoot) : null,
            CheckpointEvery = section.Integer("CheckpointEvery", standard.CheckpointEvery, 1, 1_000_000),
            CheckpointAfter = section.Duration("CheckpointAfter", standard.CheckpointAfter, TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(1)),
            Issuer = issuer,
        };
        if (sink == AuditSinkKind.Log)
        {
            foreach (var key in (string[])["Directory", "CheckpointEvery", "CheckpointAfter"])
                if (isNamed && section.Has(key))
                    section.Wrong(key, "is given, though the Sink is Log, which keeps nothing.", "Take it out, or make the Sink \"File\" or \"Redis\".");
        }
        else if (!section.Has("Directory"))
        {
            section.Wrong("Directory", $"is not given, though the Sink is {sink}.", "Name the directory of the archive: public keys, endorsements and records are kept there for ever.");
        }

        section.Finish();
        return options;
    }
}

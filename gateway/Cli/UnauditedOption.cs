using System.CommandLine;
using Sallyport.Gateway.Audit;

namespace Sallyport.Gateway.Cli;

/// <summary><c>--unaudited</c>: an operator's emergency does not wait for a disk that is full.</summary>
internal static class UnauditedOption
{
    public const string Name = "--unaudited";

    public static Option<bool> Create() => new(Name) { Description = "Does it even if the audit trail cannot be written; the records then go to standard error. For emergencies." };

    /// <summary>Says loudly that the records are nowhere else.</summary>
    public static void Tell(ConsoleStreams streams, AuditTrail audit)
    {
        if (audit.Unaudited > 0)
            streams.Error.WriteLine(Visible.Line($"NOT IN THE AUDIT TRAIL: {audit.Problem ?? "it cannot be written"}. What was done is in the {audit.Unaudited} lines above that begin with 'audit': keep them."));
    }
}

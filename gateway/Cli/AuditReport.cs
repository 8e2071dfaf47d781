using System.Text.Json;
using Sallyport.Gateway.Attestation;
using Sallyport.Gateway.Proof;

namespace Sallyport.Gateway.Cli;

/// <summary>What <c>audit verify</c> answers.</summary>
internal static class AuditReport
{
    public static void Write(ConsoleStreams streams, ProofReport report)
    {
        PlainTable.Write(streams, ["Link", "State", "Reason", "Detail"], report.Links.Select(link => (string[])[link.Name, Word(link.State), link.State == LinkState.Proven ? "" : link.Reason, link.Detail]));
        // The first of each link stands above.
        var others = report.Problems.Where(problem => !report.Links.Any(link => link.Name == problem.Name && link.Reason == problem.Reason && link.Detail.StartsWith(problem.Detail, StringComparison.Ordinal))).ToList();
        if (others.Count > 0) streams.Output.WriteLine();
        foreach (var problem in others) streams.Output.WriteLine(Visible.Line($"  {problem.Name}: {Word(problem.State)}, {problem.Reason}. {problem.Detail}"));
        if (report.Notes.Count > 0) streams.Output.WriteLine();
        foreach (var note in report.Notes) streams.Output.WriteLine(Visible.Line(note));
        streams.Output.WriteLine();
        streams.Output.WriteLine(report.State switch { LinkState.Proven => "Proven.", LinkState.Failed => "Failed.", _ => "Unverifiable." });
    }

    public static void WriteTo(Utf8JsonWriter writer, ProofReport report)
    {
        writer.WriteStartObject();
        writer.WriteString("outcome", Word(report.State));
        Links("links", report.Links);
        Links("problems", report.Problems);
        if (report.Trail is not null) writer.WriteString("trail", report.Trail);
        if (report.Issuer is not null) writer.WriteString("issuer", report.Issuer);
        writer.WriteNumber("records", report.Records);
        writer.WriteNumber("covered", report.Covered);
        writer.WriteNumber("checkpoints", report.Checkpoints);
        writer.WriteNumber("tokens", report.Tokens);
        if (report.Record is { } line)
        {
            writer.WriteStartObject("record");
            writer.WriteNumber("seq", line.Sequence);
            writer.WriteString("time", line.Record.Time);
            if (line.Record.KeyId is { } keyId) writer.WriteString("kid", keyId);
            if (line.Record.TokenId is { } tokenId) writer.WriteString("jti", tokenId);
            if (line.Record.Subject is { } subject) writer.WriteString("sub", subject);
            writer.WriteEndObject();
        }

        writer.WriteStartArray("notes");
        foreach (var note in report.Notes) writer.WriteStringValue(note);
        writer.WriteEndArray();
        writer.WriteEndObject();

        void Links(string name, IReadOnlyList<ProofLink> links)
        {
            writer.WriteStartArray(name);
            foreach (var link in links)
            {
                writer.WriteStartObject();
                writer.WriteString("link", link.Name);
                writer.WriteString("outcome", Word(link.State));
                writer.WriteString("reason", link.Reason);
                writer.WriteString("detail", link.Detail);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }
    }

    private static string Word(LinkState state) => state switch { LinkState.Proven => "proven", LinkState.Failed => "failed", _ => "unverifiable" };
}

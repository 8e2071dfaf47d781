using System.Text.Json;
using Sallyport.Gateway.Attestation;

namespace Sallyport.Gateway.Cli;

/// <summary>What <c>attest verify</c> answers.</summary>
internal static class AttestReport
{
    public static void Write(ConsoleStreams streams, AttestationReport report, bool isSubjectGiven, bool isTokenGiven)
    {
        PlainTable.Write(streams, ["Link", "State", "Reason", "Detail"], report.Links.Select(link => (string[])[link.Name, Word(link.State), link.State == LinkState.Proven ? "" : link.Reason, link.Detail]));
        if (report.Statement is { } statement)
        {
            streams.Output.WriteLine();
            foreach (var subject in statement.Subjects) streams.Output.WriteLine($"  {subject.Sha256}  {Visible.Line(subject.Name ?? "")}");
            if (!isSubjectGiven) streams.Output.WriteLine("No file was compared: give those at hand by --subject.");
            if (statement.Authorization is { } authorization)
                streams.Output.WriteLine(Visible.Line($"Authorised by a token of {authorization.Subject}, by {authorization.Issuer}{(authorization.TokenId is { } id ? $", jti {id}" : "")}."));
            if (statement.Authorization is not null && !isTokenGiven) streams.Output.WriteLine("The token was not compared: give it by --token.");
        }

        streams.Output.WriteLine();
        streams.Output.WriteLine(report.State switch { LinkState.Proven => "Proven.", LinkState.Failed => "Failed.", _ => "Unverifiable." });
    }

    public static void WriteTo(Utf8JsonWriter writer, AttestationReport report)
    {
        writer.WriteStartObject();
        writer.WriteString("outcome", Word(report.State));
        writer.WriteStartArray("links");
        foreach (var link in report.Links)
        {
            writer.WriteStartObject();
            writer.WriteString("link", link.Name);
            writer.WriteString("state", Word(link.State));
            writer.WriteString("reason", link.Reason);
            writer.WriteString("detail", link.Detail);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        if (report.KeyId is not null) writer.WriteString("kid", report.KeyId);
        if (report.Key is not null) writer.WriteString("issuer", report.Key.Issuer);
        if (report.Statement is { } statement)
        {
            writer.WriteString("predicateType", statement.PredicateType);
            writer.WriteStartArray("subjects");
            foreach (var subject in statement.Subjects)
            {
                writer.WriteStartObject();
                if (subject.Name is not null) writer.WriteString("name", subject.Name);
                writer.WriteString("sha256", subject.Sha256);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            if (statement.Authorization is { } authorization)
            {
                writer.WriteStartObject("authorization");
                writer.WriteString("sha256", authorization.Sha256);
                writer.WriteString("iss", authorization.Issuer);
                writer.WriteString("sub", authorization.Subject);
                if (authorization.TokenId is { } id) writer.WriteString("jti", id);
                writer.WriteEndObject();
            }
        }

        writer.WriteEndObject();
    }

    private static string Word(LinkState state) => state switch { LinkState.Proven => "proven", LinkState.Failed => "failed", _ => "unverifiable" };
}

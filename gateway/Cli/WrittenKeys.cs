using System.Text.Json;
using Sallyport.Gateway.Identity;
using Sallyport.Gateway.Keys;

namespace Sallyport.Gateway.Cli;

/// <summary>The ring in words, and in JSON: public facts only.</summary>
internal static class WrittenKeys
{
    private static readonly string[] Headings = ["KEY", "STATE", "ALGORITHM", "SINCE", "SIGNS FROM", "ENDS", "ENDORSED BY", "NOTE"];

    public static void Write(ConsoleStreams streams, KeyRing ring, DateTimeOffset now)
    {
        PlainTable.Write(streams, Headings, ring.Keys.Select(key => new[]
        {
            key.KeyId,
            RingReader.NameOf(key.State),
            key.Algorithm.Name,
            WrittenTime.Of(key.Since, now),
            key.State == KeyState.Prepared ? WrittenTime.Of(key.ActivateAt, now) : key.ActivatedAt is { } at ? WrittenTime.Of(at, now) : "",
            WrittenTime.Of(key.NotAfter, now),
            EndorsementOf(key) is { } endorsement ? $"{endorsement.SpiffeId} until {WrittenTime.Of(endorsement.Expires, now)}" : "",
            string.Join(", ", new[] { key.IsEmergency ? "emergency" : null, key.IsByOperator ? "by an operator" : null, key.RevokedReason }.OfType<string>()),
        }));
    }

    /// <summary>Writes <c>epoch</c> and <c>keys</c> into an object that is open.</summary>
    public static void WriteMembers(Utf8JsonWriter writer, KeyRing ring)
    {
        writer.WriteNumber("epoch", ring.Epoch);
        writer.WriteStartArray("keys");
        foreach (var key in ring.Keys)
        {
            writer.WriteStartObject();
            writer.WriteString("kid", key.KeyId);
            writer.WriteString("state", RingReader.NameOf(key.State));
            writer.WriteString("alg", key.Algorithm.Name);
            writer.WriteString("preparedAt", key.PreparedAt);
            writer.WriteString("activateAt", key.ActivateAt);
            if (key.ActivatedAt is { } activated) writer.WriteString("activatedAt", activated);
            if (key.RetiredAt is { } retired) writer.WriteString("retiredAt", retired);
            writer.WriteString("notAfter", key.NotAfter);
            if (key.RevokedAt is { } revoked) writer.WriteString("revokedAt", revoked);
            if (key.RevokedReason is { } reason) writer.WriteString("reason", reason);
            if (EndorsementOf(key) is { } endorsement)
            {
                writer.WriteString("endorsedBy", endorsement.SpiffeId);
                writer.WriteString("endorsedUntil", endorsement.Expires);
            }

            if (key.IsEmergency) writer.WriteBoolean("emergency", true);
            if (key.IsByOperator) writer.WriteBoolean("byOperator", true);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    // As the ring has it: whether its chain leads to a trust bundle is for gateways, and for audit verify.
    private static Endorsement? EndorsementOf(RingKey key) => key.Endorsement is { } text ? Endorsement.Read(text, out _) : null;

    /// <summary>What a change came to. The sentence is for people; machines get the ring.</summary>
    public static int Answer(ConsoleStreams streams, RingOutcome outcome, bool isJson, string kid, string done, string? replacement = null)
    {
        if (outcome.Kind == RingOutcomeKind.Refused)
        {
            if (isJson) streams.Output.WriteLine(JsonText.Of(writer =>
            {
                writer.WriteStartObject();
                writer.WriteBoolean("changed", false);
                writer.WriteString("problem", outcome.Problem);
                writer.WriteEndObject();
            }));
            return RingAtHand.Fail(streams, outcome.Problem!);
        }

        if (outcome.Problem is { } untold) streams.Error.WriteLine(Visible.Line(untold));
        if (!isJson)
        {
            streams.Output.WriteLine(Visible.Line(outcome.Kind == RingOutcomeKind.Written ? done : "Nothing was left to do."));
            return ExitCode.Good;
        }

        streams.Output.WriteLine(JsonText.Of(writer =>
        {
            writer.WriteStartObject();
            writer.WriteBoolean("changed", outcome.Kind == RingOutcomeKind.Written);
            if (kid.Length > 0) writer.WriteString("kid", kid);
            if (replacement is not null) writer.WriteString("replacement", replacement);
            WriteMembers(writer, outcome.Ring!);
            writer.WriteEndObject();
        }));
        return ExitCode.Good;
    }
}

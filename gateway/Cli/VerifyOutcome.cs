using System.Text.Json;
using Sallyport.Gateway.Verification;
using Sallyport.Policies;

namespace Sallyport.Gateway.Cli;

/// <summary>What <c>token verify</c> answers.</summary>
/// <param name="Principal">Set when the token is accepted.</param>
/// <param name="Key">The kid or thumbprint of the key that verified it; "secret" for a shared secret, which has neither.</param>
/// <param name="Reason">The stable code.</param>
/// <param name="Detail">A sentence; empty when accepted.</param>
/// <param name="Step">The step of verifying that was reached.</param>
/// <param name="Note">What else a person should know.</param>
internal sealed record VerifyOutcome(Principal? Principal, string? Key, string Reason, string Detail, string Step, string? Note)
{
    public static VerifyOutcome Accepted(VerifiedToken token) =>
        new(token.Principal, KeyNote.NameOf(token.Key), "accepted", "", nameof(VerificationStep.Principal), null);

    public static VerifyOutcome Refused(string reason, string detail, string step, string? note) => new(null, null, reason, detail, step, note);

    public void Write(TextWriter output, DateTimeOffset now)
    {
        if (Principal is not { } principal)
        {
            output.WriteLine($"Refused: {Reason}");
            output.WriteLine($"  {Visible.Line(Detail)}");
            output.WriteLine($"  Step:      {Step}");
            if (Note is not null) output.WriteLine($"  Note:      {Visible.Line(Note)}");
            return;
        }

        output.WriteLine("Accepted");
        Line("Issuer", $"{principal.IssuerName} ({principal.Issuer})");
        Line("Subject", principal.Subject);
        Line("Audience", string.Join(", ", principal.Audiences));
        if (principal.Scopes.Values.Count > 0) Line("Scope", principal.Scopes.ToString());
        Line("Expires", WrittenTime.Of(principal.Expires, now));
        if (principal.TokenId is { } id) Line("Token id", id);
        Line("Key", Key ?? "");

        void Line(string name, string value) => output.WriteLine($"  {name + ":",-10} {Visible.Line(value)}");
    }

    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteBoolean("verified", Principal is not null);
        writer.WriteString("reason", Reason);
        if (Detail.Length > 0) writer.WriteString("detail", Detail);
        writer.WriteString("step", Step);
        if (Note is not null) writer.WriteString("note", Note);
        if (Principal is { } principal)
        {
            writer.WriteStartObject("principal");
            writer.WriteString("issuerName", principal.IssuerName);
            writer.WriteString("issuer", principal.Issuer);
            writer.WriteString("subject", principal.Subject);
            Strings("audiences", principal.Audiences);
            Strings("scopes", principal.Scopes.Values);
            writer.WriteNumber("expires", principal.Expires.ToUnixTimeSeconds());
            if (principal.TokenId is { } id) writer.WriteString("tokenId", id);
            writer.WriteStartObject("claims");
            foreach (var (name, value) in principal.Claims)
            {
                writer.WritePropertyName(name);
                if (value.Kind == ClaimKind.String) writer.WriteStringValue(value.Text);
                else writer.WriteRawValue(value.Text);
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteString("key", Key);
        }

        writer.WriteEndObject();

        void Strings(string name, IEnumerable<string> values)
        {
            writer.WriteStartArray(name);
            foreach (var value in values) writer.WriteStringValue(value);
            writer.WriteEndArray();
        }
    }
}

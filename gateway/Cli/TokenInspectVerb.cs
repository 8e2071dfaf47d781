using System.CommandLine;
using System.Text.Json;

namespace Sallyport.Gateway.Cli;

/// <summary><c>token inspect TOKEN|-</c>: what a token says, believed by nobody.</summary>
internal static class TokenInspectVerb
{
    public static Command Command(ConsoleStreams streams, TimeProvider clock)
    {
        var token = new Argument<string>("TOKEN") { Description = TokenText.Help };
        var json = VerbOptions.Json();
        var command = new Command("inspect", "Decodes a token without verifying anything.") { token, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var inspected = InspectedToken.Of(await TokenText.ReadAsync(parsed.GetRequiredValue(token), streams, cancellation));
            if (parsed.GetValue(json)) WriteJson(streams.Output, inspected);
            else Write(streams.Output, inspected, clock.GetUtcNow());
            return inspected.Fault is null ? ExitCode.Good : ExitCode.Refused;
        });
        return command;
    }

    private static void Write(TextWriter output, InspectedToken token, DateTimeOffset now)
    {
        output.WriteLine("UNVERIFIED: this is what the token says, and nothing of it has been checked.");
        WritePart(output, "Header", token.Header, now);
        WritePart(output, "Claims", token.Claims, now);
        output.WriteLine();
        output.WriteLine(token.Fault is { } fault
            ? $"Not well formed: {fault.Code}. {fault.Detail}"
            : $"Well formed, with a signature of {token.SignatureBytes} bytes. 'token verify' checks it.");
    }

    private static void WritePart(TextWriter output, string title, InspectedPart? part, DateTimeOffset now)
    {
        if (part is null) return;
        output.WriteLine();
        if (part.Json is not { } json)
        {
            output.WriteLine($"{title} (not JSON)");
            output.WriteLine(Visible.Line(part.Text ?? "(not base64url)"));
        }
        else if (json.ValueKind != JsonValueKind.Object)
        {
            output.WriteLine($"{title} (not an object)");
            output.WriteLine(JsonText.Of(json.WriteTo));
        }
        else
        {
            output.WriteLine(title);
            WriteObject(output, json, now);
        }
    }

    /// <summary>The object member by member, with the time in words beside exp, nbf and iat.</summary>
    private static void WriteObject(TextWriter output, JsonElement json, DateTimeOffset now)
    {
        output.WriteLine("{");
        var members = json.EnumerateObject().ToList();
        for (var i = 0; i < members.Count; i++)
        {
            var text = JsonText.Of(writer => InspectedPart.WriteMember(writer, members[i]));
            // Of the one-member object, only the line or lines of the member.
            var lines = text.Split('\n').Select(line => line.TrimEnd('\r')).ToArray()[1..^1];
            var comment = InspectedPart.TimeOf(members[i]) is { } time ? $"   // {WrittenTime.Of(time, now)}" : "";
            output.WriteLine(string.Join(Environment.NewLine, lines) + (i < members.Count - 1 ? "," : "") + comment);
        }

        output.WriteLine("}");
    }

    private static void WriteJson(TextWriter output, InspectedToken token) => output.WriteLine(JsonText.Of(writer =>
    {
        writer.WriteStartObject();
        writer.WriteBoolean("verified", false);
        WritePart(writer, "header", token.Header);
        WritePart(writer, "claims", token.Claims);
        writer.WriteStartObject("times");
        if (token.Claims?.Json is { ValueKind: JsonValueKind.Object } claims)
            foreach (var member in claims.EnumerateObject())
                if (InspectedPart.TimeOf(member) is { } time)
                    writer.WriteString(member.Name, time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture));
        writer.WriteEndObject();
        if (token.Fault is { } fault)
        {
            writer.WriteStartObject("fault");
            writer.WriteString("reason", fault.Code);
            writer.WriteString("detail", fault.Detail);
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteNull("fault");
        }

        writer.WriteEndObject();
    }));

    private static void WritePart(Utf8JsonWriter writer, string name, InspectedPart? part)
    {
        writer.WritePropertyName(name);
        if (part?.Json is { } json) InspectedPart.WriteValue(writer, json);
        else writer.WriteNullValue();
        if (part is { Json: null, Text: { } text }) writer.WriteString(name + "Text", text);
    }
}

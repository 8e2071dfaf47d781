using System.Text.Json;

namespace Sallyport.Gateway.Cli;

/// <summary>What the gate makes of one request, step by step.</summary>
internal sealed class Explanation
{
    private static readonly string[] Names = ["Route", "Requirement", "Token", "Recall", "Key", "Signature", "Claims", "Principal", "Decision", "Forward"];

    private readonly ExplainedStep?[] _steps = new ExplainedStep?[Names.Length];

    public IEnumerable<ExplainedStep> Steps =>
        _steps.Select((step, number) => step ?? new ExplainedStep(number, Names[number], ExplainedStep.NotReached, null, ""));

    /// <summary>Whether the request would be forwarded.</summary>
    public bool IsAllowed => Status is null;

    /// <summary>The status of the gate's own answer; null when the upstream answers.</summary>
    public int? Status { get; private set; }

    public string Reason { get; private set; } = "allowed";

    /// <summary>The headers of the gate's own answer that tell the client what to do.</summary>
    public Dictionary<string, string> AnswerHeaders { get; } = new(StringComparer.Ordinal);

    public string? RouteId { get; set; }

    public Dictionary<string, string> RouteValues { get; } = new(StringComparer.Ordinal);

    public IReadOnlyList<KeyValuePair<string, string>> Forwarded { get; set; } = [];

    public void Pass(int step, string detail, string? reason = null) => _steps[step] = new(step, Names[step], ExplainedStep.Passed, reason, detail);

    public void Skip(int step, string detail) => _steps[step] = new(step, Names[step], ExplainedStep.Skipped, null, detail);

    /// <summary>The step at which the request ends.</summary>
    public void Fail(int step, string reason, string detail, int status)
    {
        _steps[step] = new(step, Names[step], ExplainedStep.Failed, reason, detail);
        (Reason, Status) = (reason, status);
    }

    /// <summary>Takes the answer of the gate over as it wrote it.</summary>
    public void Fail(int step, string reason, string detail, HttpResponse answer)
    {
        Fail(step, reason, detail, answer.StatusCode);
        foreach (var name in (string[])["WWW-Authenticate", "Retry-After"])
            if (answer.Headers.TryGetValue(name, out var value))
                AnswerHeaders[name] = value.ToString();
    }

    public void Write(ConsoleStreams streams)
    {
        PlainTable.Write(streams, ["", "Step", "Outcome", "Reason", ""], Steps.Select(step => (string[])
        [
            step.Number == 0 ? "" : step.Number.ToString(System.Globalization.CultureInfo.InvariantCulture), step.Name, step.Outcome, step.Reason ?? "", step.Detail,
        ]));
        var output = streams.Output;
        output.WriteLine();
        output.WriteLine(IsAllowed ? "Forwarded." : $"Refused with {Status}: {Reason}");
        foreach (var (name, value) in AnswerHeaders) output.WriteLine($"  {name}: {Visible.Line(value)}");
        foreach (var (name, value) in Forwarded) output.WriteLine($"  {Visible.Line(name)}: {Visible.Line(value)}");
    }

    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteBoolean("allowed", IsAllowed);
        writer.WriteString("reason", Reason);
        if (Status is { } status) writer.WriteNumber("status", status);
        else writer.WriteNull("status");
        writer.WriteString("route", RouteId);
        Members("routeValues", RouteValues);
        writer.WriteStartArray("steps");
        foreach (var step in Steps)
        {
            writer.WriteStartObject();
            writer.WriteNumber("number", step.Number);
            writer.WriteString("step", step.Name);
            writer.WriteString("outcome", step.Outcome);
            writer.WriteString("reason", step.Reason);
            writer.WriteString("detail", step.Detail);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        Members("answerHeaders", AnswerHeaders);
        Members("forwardedHeaders", Forwarded);
        writer.WriteEndObject();

        void Members(string name, IEnumerable<KeyValuePair<string, string>> members)
        {
            writer.WriteStartObject(name);
            foreach (var (key, value) in members) writer.WriteString(key, value);
            writer.WriteEndObject();
        }
    }
}

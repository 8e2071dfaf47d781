using System.Text.Json;
using Sallyport.Gateway.Configuration;
using Sallyport.Gateway.Trust;
using Sallyport.Policies;
using Yarp.ReverseProxy.Configuration;

namespace Sallyport.Gateway.Cli;

/// <summary>Routes x policies x issuers of a configuration without mistakes.</summary>
internal sealed class CheckReport
{
    private readonly string _environment;
    private readonly IReadOnlyList<TrustedIssuer> _issuers;
    private readonly List<Row> _rows = [];

    public CheckReport(string environment, GatewayOptions options, IReadOnlyList<TrustedIssuer> issuers)
    {
        (_environment, _issuers) = (environment, issuers);
        var policies = options.Policies.ToDictionary(policy => policy.Name, StringComparer.Ordinal);
        var passing = new PassingIssuers([.. issuers.Select(issuer => issuer.Name)], policies);
        foreach (var route in options.Routes)
        {
            var policy = policies.GetValueOrDefault(route.AuthorizationPolicy ?? "");
            _rows.Add(new Row(route, policy, policy is null ? [] : passing.Of(policy)));
        }
    }

    public void Write(ConsoleStreams streams)
    {
        PlainTable.Write(streams, ["Route", "Match", "Policy", "Who may pass"], _rows.Select(row => (string[])[row.Route.RouteId, MatchText(row.Route.Match), row.PolicyName, row.Who]));
        streams.Output.WriteLine();
        PlainTable.Write(streams, ["Issuer", "iss", "Audiences", "Algorithms", "Keys from"], _issuers.Select(issuer => (string[])
        [
            issuer.Name, issuer.Options.Issuer, string.Join(", ", issuer.Options.Audiences), string.Join(", ", issuer.Options.Algorithms), issuer.Keys.Source,
        ]));
        streams.Output.WriteLine();
        streams.Output.WriteLine($"No mistakes. Routes: {_rows.Count}. Trusted issuers: {_issuers.Count}. Environment: {Visible.Line(_environment)}.");
    }

    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteBoolean("valid", true);
        writer.WriteString("environment", _environment);
        writer.WriteStartArray("routes");
        foreach (var row in _rows)
        {
            writer.WriteStartObject();
            writer.WriteString("id", row.Route.RouteId);
            writer.WriteStartObject("match");
            writer.WriteString("path", row.Route.Match.Path);
            Strings(writer, "methods", row.Route.Match.Methods);
            Strings(writer, "hosts", row.Route.Match.Hosts);
            Strings(writer, "headers", row.Route.Match.Headers?.Select(header => header.Name));
            Strings(writer, "queryParameters", row.Route.Match.QueryParameters?.Select(parameter => parameter.Name));
            writer.WriteEndObject();
            writer.WriteString("cluster", row.Route.ClusterId);
            writer.WriteString("policy", row.PolicyName);
            writer.WriteBoolean("tokenRequired", row.Policy?.Required ?? false);
            Strings(writer, "issuers", row.Issuers);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("issuers");
        foreach (var issuer in _issuers)
        {
            writer.WriteStartObject();
            writer.WriteString("name", issuer.Name);
            writer.WriteString("issuer", issuer.Options.Issuer);
            Strings(writer, "audiences", issuer.Options.Audiences);
            Strings(writer, "algorithms", issuer.Options.Algorithms);
            writer.WriteString("keys", issuer.Keys.Source);
            writer.WriteBoolean("required", issuer.Options.Required);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("mistakes");
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>The match as a request line would be written, and what else it asks for.</summary>
    private static string MatchText(RouteMatch match)
    {
        var parts = new List<string>();
        if (match.Methods is { Count: > 0 } methods) parts.Add(string.Join('|', methods));
        if (match.Hosts is { Count: > 0 } hosts) parts.Add(string.Join('|', hosts));
        parts.Add(match.Path ?? "any path");
        if (match.Headers is { Count: > 0 } headers) parts.Add("headers " + string.Join(", ", headers.Select(header => header.Name)));
        if (match.QueryParameters is { Count: > 0 } parameters) parts.Add("query " + string.Join(", ", parameters.Select(parameter => parameter.Name)));
        return string.Join(' ', parts);
    }

    private static void Strings(Utf8JsonWriter writer, string name, IEnumerable<string>? values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values ?? []) writer.WriteStringValue(value);
        writer.WriteEndArray();
    }

    private sealed record Row(RouteConfig Route, PolicyOptions? Policy, IReadOnlyList<string> Issuers)
    {
        public string PolicyName => Policy?.Name ?? "Anonymous";

        public string Who => Policy switch
        {
            null => "anyone",
            _ when Issuers.Count == 0 => Policy.Required ? "nobody" : "anyone without a token",
            { Required: false } => string.Join(", ", Issuers) + ", or no token",
            _ => string.Join(", ", Issuers),
        };
    }
}

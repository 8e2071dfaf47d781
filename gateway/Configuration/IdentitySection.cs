using Sallyport.Gateway.Identity;

namespace Sallyport.Gateway.Configuration;

/// <summary>Reads <c>Sallyport:Identity</c>.</summary>
internal static class IdentitySection
{
    /// <returns>Null when the process has no identity, or when there is a mistake.</returns>
    public static IdentityOptions? Read(SectionReader section, bool given, ReadingContext context)
    {
        var source = Source(section, given);
        var endpoint = Endpoint(section, source);
        var files = Files(section.Object("Files"), section, source, context);
        var id = Id(section);
        var isRequired = section.Boolean("Required", otherwise: false);
        section.Finish();
        if (source is not { } kind || (endpoint is null && files is null)) return null;
        return new IdentityOptions { Source = kind, WorkloadApi = endpoint, Files = files, SpiffeId = id, Required = isRequired };
    }

    private static IdentitySourceKind? Source(SectionReader section, bool given)
    {
        if (given && !section.Has("Source"))
            section.Wrong("Source", "is not given.", "Write \"WorkloadApi\" to ask an agent on this machine, or \"Files\" for what spiffe-helper writes; or leave the section out.");
        return Enum.TryParse<IdentitySourceKind>(section.Choice("Source", Enum.GetNames<IdentitySourceKind>()), out var kind) ? kind : null;
    }

    private static WorkloadEndpoint? Endpoint(SectionReader section, IdentitySourceKind? source)
    {
        var text = section.String("WorkloadApi");
        if (source == IdentitySourceKind.Files && section.Has("WorkloadApi"))
            section.Wrong("WorkloadApi", "is given, though the Source is Files.", "Take it out, or make the Source \"WorkloadApi\".");
        if (source != IdentitySourceKind.WorkloadApi || (text is null && section.Has("WorkloadApi"))) return null;
        var written = text ?? Environment.GetEnvironmentVariable(WorkloadEndpoint.Variable);
        if (string.IsNullOrEmpty(written))
        {
            section.Wrong("WorkloadApi", $"is not given, and the environment variable {WorkloadEndpoint.Variable} is not set.", "Name the socket of the agent, as \"unix:///run/spire/sockets/agent.sock\".");
            return null;
        }

        if (WorkloadEndpoint.TryParse(written, out var endpoint, out var problem)) return endpoint;
        section.Wrong(
            "WorkloadApi",
            text is null ? $"is not given, and what the environment variable {WorkloadEndpoint.Variable} says {problem}" : problem,
            "Write \"unix:///path/to/agent.sock\", or \"tcp://127.0.0.1:8081\" for an agent on this machine.");
        return null;
    }

    private static SvidFileNames? Files(SectionReader files, SectionReader section, IdentitySourceKind? source, ReadingContext context)
    {
        var names = ((string[])["Certificate", "Key", "Bundle"]).Select(key => File(files, key, context)).ToList();
        files.Finish();
        if (source == IdentitySourceKind.WorkloadApi && section.Has("Files"))
            section.Wrong("Files", "is given, though the Source is WorkloadApi.", "Take it out, or make the Source \"Files\".");
        if (source != IdentitySourceKind.Files) return null;
        foreach (var key in (string[])["Certificate", "Key", "Bundle"])
            if (!files.Has(key))
                files.Wrong(key, "is not given, though the Source is Files.", "Name the PEM file that spiffe-helper writes.");
        return names is [{ } certificate, { } secret, { } bundle] ? new SvidFileNames(certificate, secret, bundle) : null;
    }

    // Whoever writes the files may start after us: whether they are there shows later.
    private static string? File(SectionReader files, string key, ReadingContext context) =>
        files.String(key) is { } file ? Path.GetFullPath(file.Replace("\0", "", StringComparison.Ordinal), context.ContentRoot) : null;

    private static SpiffeId? Id(SectionReader section)
    {
        if (section.String("SpiffeId") is not { } text) return null;
        if (!SpiffeId.TryParse(text, out var id, out var problem))
            section.Wrong("SpiffeId", $"is {Quoted.Text(text)}, which is no SPIFFE ID: {problem}.", "Write it in full, as \"spiffe://example.org/gateway\".");
        else if (!id.HasPath)
            section.Wrong("SpiffeId", $"is {Quoted.Text(text)}, which names a trust domain and no workload.", "Write the whole ID of this workload, as \"spiffe://example.org/gateway\".");
        else
            return id;
        return null;
    }
}

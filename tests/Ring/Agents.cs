using System.Text.Json.Nodes;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Ring;

/// <summary>An agent beside each gateway of a fleet, as on machines of their own: each gives its workload an SVID of its own, of one SPIFFE ID and one root.</summary>
internal sealed class Agents : IAsyncDisposable
{
    public const string Id = "spiffe://example.org/gateway";

    private readonly SpiffeCa _intermediate;
    private readonly List<WorkloadApiServer> _servers = [];
    private readonly List<IssuedSvid> _issued = [];

    private Agents() => _intermediate = Root.Under();

    public SpiffeCa Root { get; } = new();

    /// <summary>What each gave last.</summary>
    public IReadOnlyList<IssuedSvid> Issued => _issued;

    /// <param name="count">How many.</param>
    /// <param name="shape">Of what they give first.</param>
    public static async Task<Agents> StartAsync(int count, SvidShape? shape = null)
    {
        var agents = new Agents();
        for (var number = 0; number < count; number++)
        {
            agents._servers.Add(await WorkloadApiServer.StartAsync());
            agents._issued.Add(null!);
            agents.Renew(number, shape);
        }

        return agents;
    }

    /// <summary>For <see cref="IssuingFleet"/>: each gateway asks its own agent, and all write one trail.</summary>
    public Action<int, JsonObject> Each(DirectoryInfo? archive = null) => (number, sallyport) =>
    {
        sallyport["Identity"] = new JsonObject { ["Source"] = "WorkloadApi", ["WorkloadApi"] = _servers[number].Address, ["Required"] = true };
        if (archive is not null) sallyport["Audit"] = new JsonObject { ["Sink"] = "File", ["Directory"] = archive.FullName };
    };

    /// <summary>The records of that trail so far, as they lie there.</summary>
    public static async Task<string[]> Trail(DirectoryInfo archive)
    {
        var text = new System.Text.StringBuilder();
        foreach (var file in Directory.GetFiles(Path.Combine(archive.FullName, "trail"), "*.jsonl").Order(StringComparer.Ordinal))
        {
            // Somebody may be writing.
            using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
            text.Append(await reader.ReadToEndAsync());
        }

        return text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>One agent pushes the next SVID.</summary>
    public void Renew(int number, SvidShape? shape = null) => Publish(number, Root, _intermediate.Issue(shape: shape));

    /// <summary>One agent pushes something else.</summary>
    public void Publish(int number, SpiffeCa root, IssuedSvid svid)
    {
        _issued[number] = svid;
        _servers[number].Publish(root, svid);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers) await server.DisposeAsync();
    }
}

using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Sallyport.Gateway.Audit;

namespace Sallyport.Tests.Audit;

/// <summary>An archive of one test, and what lies in it.</summary>
internal sealed class TrailFolder : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("sallyport-trail-");

    public string Root => Path.Combine(_root.FullName, "audit");

    public string Trail => Path.Combine(Root, "trail");

    public string Lock => At("lock");

    public string CheckpointFile => At("checkpoints.jws");

    public IReadOnlyList<string> Days => [.. Directory.GetFiles(Trail, "*.jsonl").Order(StringComparer.Ordinal)];

    public string At(string name) => Path.Combine(Trail, name);

    public FileTrail Open(TimeProvider? clock = null) => new(Root, "https://gateway.example.com", clock ?? TimeProvider.System);

    public TrailWriter Write(TimeProvider? clock = null) => new(Open(clock), NullLogger<TrailWriter>.Instance);

    public static AuditRecord Record(string name, DateTimeOffset? time = null) => new() { Event = AuditEvent.TokenMinted, Time = time ?? DateTimeOffset.UnixEpoch, Actor = "test", TokenId = name };

    public static async Task<TrailHead> Append(FileTrail trail, params string[] names) => await trail.AppendAsync(_ => [.. names.Select(name => Record(name))], default);

    /// <summary>All lines, which are one chain from its start to its end; fails if they are not.</summary>
    public IReadOnlyList<AuditRecord> Records()
    {
        var records = new List<AuditRecord>();
        var head = TrailHead.Empty;
        foreach (var day in Days)
        {
            var bytes = File.ReadAllBytes(day);
            Assert.True(bytes.Length == 0 || bytes[^1] == '\n', $"{day} ends with a whole line");
            foreach (var line in Encoding.UTF8.GetString(bytes).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Encoding.UTF8.GetBytes))
            {
                var next = head.Next(line);
                Assert.True(next is not null, $"record {head.Count + 1} follows: {Encoding.UTF8.GetString(line)}");
                head = next;
                records.Add(TrailLine.Read(line)!.Record);
            }
        }

        return records;
    }

    public IReadOnlyList<string?> Names() => [.. Records().Where(record => record.Event == AuditEvent.TokenMinted).Select(record => record.TokenId)];

    public void Dispose() => _root.Delete(recursive: true);
}

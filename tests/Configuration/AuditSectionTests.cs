using System.Text.Json.Nodes;
using Sallyport.Gateway.Audit;

namespace Sallyport.Tests.Configuration;

public sealed class AuditSectionTests
{
    [Fact]
    public void A_whole_section_reads_as_it_says()
    {
        var (options, mistakes) = Sample.Read(With("""{ "Sink": "File", "Directory": "audit", "CheckpointEvery": 10, "CheckpointAfter": "00:00:05" }"""));

        Assert.Empty(mistakes);
        var audit = options!.Audit;
        Assert.Equal((AuditSinkKind.File, 10, TimeSpan.FromSeconds(5)), (audit.Sink, audit.CheckpointEvery, audit.CheckpointAfter));
        Assert.Equal(Path.Combine(Path.GetFullPath(Path.GetTempPath()), "audit"), audit.Directory);
        Assert.Equal(Path.Combine(audit.Directory!, "keys"), audit.Keys);
    }

    [Fact]
    public void Without_a_section_records_are_lines_of_the_log()
    {
        var json = Sample.Node();
        ((JsonObject)json["Sallyport"]!).Remove("Audit");
        var audit = Sample.Read(json).Options!.Audit;
        Assert.Equal((AuditSinkKind.Log, null, null), (audit.Sink, audit.Directory, audit.Keys));
    }

    [Theory]
    [InlineData("""{ "Sink": "File" }""", "Directory")]
    [InlineData("""{ "Directory": "audit" }""", "Sink")]
    [InlineData("""{ "Sink": "Log", "Directory": "audit" }""", "Directory")]
    [InlineData("""{ "Sink": "Paper", "Directory": "audit" }""", "Sink")]
    [InlineData("""{ "Sink": "File", "Directory": "audit", "CheckpointEvery": 0 }""", "CheckpointEvery")]
    [InlineData("""{ "Sink": "File", "Directory": "audit", "CheckpointAfter": "00:00:00" }""", "CheckpointAfter")]
    public void What_does_not_go_together_is_one_mistake(string section, string key) =>
        Assert.Equal($"$.Sallyport.Audit.{key}", Assert.Single(Sample.Read(With(section)).Mistakes).Path);

    [Fact]
    public void A_trail_in_Redis_needs_Redis()
    {
        var json = With("""{ "Sink": "Redis", "Directory": "audit" }""");
        Assert.Equal("$.Sallyport.Audit.Sink", Assert.Single(Sample.Read(json).Mistakes).Path);
        Sample.Set(json, "Sallyport Redis", """{ "Configuration": "127.0.0.1:6379", "MacKey": { "Environment": "AUDIT_SECTION_MAC" } }""");
        Assert.DoesNotContain(Sample.Read(json).Mistakes, mistake => mistake.Path.StartsWith("$.Sallyport.Audit", StringComparison.Ordinal));
    }

    private static JsonNode With(string section)
    {
        var json = Sample.Node();
        Sample.Set(json, "Sallyport Audit", section);
        return json;
    }
}

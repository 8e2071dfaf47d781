using Sallyport.Gateway.Configuration;
using Sallyport.Gateway.Identity;

namespace Sallyport.Tests.Configuration;

[Collection(nameof(AloneInTheProcess))]
public sealed class IdentitySectionTests
{
    private const string Socket = "unix:///run/spire/sockets/agent.sock";

    [Fact]
    public void Absent_the_process_has_none() => Assert.Null(Sample.Read(Sample.Node()).Options!.Identity);

    [Fact]
    public void The_workload_api_is_read()
    {
        var options = Options($$"""{ "Source": "WorkloadApi", "WorkloadApi": "{{Socket}}", "SpiffeId": "spiffe://example.org/gateway", "Required": true }""");
        Assert.Equal((IdentitySourceKind.WorkloadApi, Socket, "spiffe://example.org/gateway", true), (options.Source, options.WorkloadApi!.ToString(), options.SpiffeId!.ToString(), options.Required));
        Assert.Equal(options, Options($$"""{ "Source": "workloadapi", "WorkloadApi": "{{Socket}}", "SpiffeId": "spiffe://example.org/gateway", "Required": true }"""));
        Assert.NotEqual(options, options with { Required = false });
    }

    [Fact]
    public void Files_are_read_by_full_path()
    {
        var options = Options("""{ "Source": "Files", "Files": { "Certificate": "svid.pem", "Key": "/keys/svid_key.pem", "Bundle": "bundle.pem" } }""");
        Assert.Equal(new SvidFileNames(Path.Combine(Path.GetTempPath(), "svid.pem"), "/keys/svid_key.pem", Path.Combine(Path.GetTempPath(), "bundle.pem")), options.Files);
        Assert.False(options.Required);
        Assert.Null(options.SpiffeId);
    }

    [Fact]
    public void The_environment_names_the_socket_where_the_configuration_does_not()
    {
        var before = Environment.GetEnvironmentVariable(WorkloadEndpoint.Variable);
        try
        {
            Environment.SetEnvironmentVariable(WorkloadEndpoint.Variable, null);
            Assert.Equal("$.Sallyport.Identity.WorkloadApi", Mistake("""{ "Source": "WorkloadApi" }""").Path);
            Environment.SetEnvironmentVariable(WorkloadEndpoint.Variable, "tcp://127.0.0.1:8000");
            Assert.Equal("tcp://127.0.0.1:8000", Options("""{ "Source": "WorkloadApi" }""").WorkloadApi!.ToString());
            Assert.Equal(Socket, Options($$"""{ "Source": "WorkloadApi", "WorkloadApi": "{{Socket}}" }""").WorkloadApi!.ToString());
            Environment.SetEnvironmentVariable(WorkloadEndpoint.Variable, "/run/agent.sock");
            Assert.Contains(WorkloadEndpoint.Variable, Mistake("""{ "Source": "WorkloadApi" }""").Problem, StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable(WorkloadEndpoint.Variable, before);
        }
    }

    [Theory]
    [InlineData("{}", "Source")]
    [InlineData("""{ "Source": "Vault" }""", "Source")]
    [InlineData("""{ "Source": "WorkloadApi", "WorkloadApi": "/run/agent.sock" }""", "WorkloadApi")]
    [InlineData("""{ "Source": "WorkloadApi", "WorkloadApi": "tcp://10.0.0.1:80" }""", "WorkloadApi")]
    [InlineData("""{ "Source": "WorkloadApi", "WorkloadApi": "" }""", "WorkloadApi")]
    [InlineData("""{ "Source": "WorkloadApi", "WorkloadApi": "unix:/a", "Files": { "Certificate": "a" } }""", "Files")]
    [InlineData("""{ "Source": "WorkloadApi", "WorkloadApi": "unix:/a", "SpiffeId": "example.org/gateway" }""", "SpiffeId")]
    [InlineData("""{ "Source": "WorkloadApi", "WorkloadApi": "unix:/a", "SpiffeId": "spiffe://example.org" }""", "SpiffeId")]
    [InlineData("""{ "Source": "WorkloadApi", "WorkloadApi": "unix:/a", "Required": "perhaps" }""", "Required")]
    [InlineData("""{ "Source": "WorkloadApi", "WorkloadApi": "unix:/a", "SpifeId": "spiffe://a/b" }""", "SpifeId")]
    [InlineData("""{ "Source": "Files", "Files": { "Certificate": "a", "Key": "b" } }""", "Files.Bundle")]
    [InlineData("""{ "Source": "Files", "Files": { "Certificate": "a", "Key": "", "Bundle": "c" } }""", "Files.Key")]
    [InlineData("""{ "Source": "Files", "WorkloadApi": "unix:/a", "Files": { "Certificate": "a", "Key": "b", "Bundle": "c" } }""", "WorkloadApi")]
    [InlineData("""{ "Source": "Files", "Files": { "Certificate": "a", "Key": "b", "Bundle": "c", "Chain": "d" } }""", "Files.Chain")]
    public void Each_mistake_is_told_at_its_place(string section, string at) => Assert.Equal($"$.Sallyport.Identity.{at}", Mistake(section).Path);

    private static IdentityOptions Options(string section)
    {
        var reading = Sample.Read(Sample.With("Sallyport Identity", section));
        Assert.Empty(reading.Mistakes);
        return reading.Options!.Identity!;
    }

    private static Mistake Mistake(string section) => Assert.Single(Sample.Read(Sample.With("Sallyport Identity", section)).Mistakes);
}

using System.Net;

namespace Sallyport.Tests.Support;

public sealed class GatewayProcessTests
{
    [Fact]
    public async Task The_built_gateway_starts_in_a_directory_of_its_own_and_ends_on_SIGTERM()
    {
        await using var gateway = await GatewayProcess.StartAsync(
            ["--definitely-not-an-option"], files: new Dictionary<string, string> { ["note.txt"] = "here" });
        Assert.True(File.Exists(Path.Combine(gateway.Directory, "note.txt")));
        var failure = await Assert.ThrowsAsync<Xunit.Sdk.XunitException>(() => gateway.Line("never said by anyone", TimeSpan.FromMilliseconds(1)));
        Assert.Contains("never said", failure.Message, StringComparison.Ordinal);
        await gateway.StopAsync();
        Assert.False(gateway.Running);
    }

    [Fact]
    public void Free_ports_can_be_listened_on()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, FreePort.Next());
        listener.Start();
        listener.Stop();
    }
}

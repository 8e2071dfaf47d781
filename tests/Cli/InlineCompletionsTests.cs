using System.Text.Json.Nodes;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Cli;

public sealed class InlineCompletionsTests
{
    /// <summary>The runtime has a thread for a processor's sockets where they are completed inline, and one for many processors where they are not.</summary>
    [Fact]
    public async Task A_gateway_completes_sockets_where_they_were_seen_and_the_variable_turns_it_off()
    {
        if (!OperatingSystem.IsLinux() || Environment.ProcessorCount == 1) return;
        await Expect(Environment.ProcessorCount, []);
        await Expect(1, new() { ["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = "0" });
    }

    private static async Task Expect(int threads, Dictionary<string, string> environment)
    {
        var (url, admin) = ($"http://127.0.0.1:{FreePort.Next()}", $"http://127.0.0.1:{FreePort.Next()}");
        var json = new JsonObject { ["Urls"] = url, ["Sallyport"] = new JsonObject { ["Admin"] = new JsonObject { ["Url"] = admin } } };
        await using var gateway = await GatewayProcess.StartAsync(
            ["serve", "--config", "gateway.json"], environment, new Dictionary<string, string> { ["gateway.json"] = json.ToJsonString() });
        await gateway.Line("Application started");

        // More connections than processors, so that each has a socket.
        using var client = new HttpClient();
        await Task.WhenAll(Enumerable.Range(0, 4 * Environment.ProcessorCount).Select(i => client.GetAsync(i % 2 == 0 ? url : admin)));
        await Poll.Until(() => SocketThreads(gateway.ProcessId) >= threads);
        Assert.Equal(threads, SocketThreads(gateway.ProcessId));
    }

    private static int SocketThreads(int process) =>
        Directory.GetDirectories($"/proc/{process}/task").Count(thread => File.ReadAllText(Path.Combine(thread, "comm")).StartsWith(".NET Sockets", StringComparison.Ordinal));
}

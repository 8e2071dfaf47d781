using System.Net;
using System.Net.Sockets;
using Sallyport.Gateway.Identity;

namespace Sallyport.Tests.Identity;

/// <summary>Where the Workload API may be (SPIFFE Workload Endpoint, section 4).</summary>
public sealed class WorkloadEndpointTests
{
    [Theory]
    [InlineData("unix:///run/spire/sockets/agent.sock", "/run/spire/sockets/agent.sock")]
    [InlineData("unix:/tmp/agent.sock", "/tmp/agent.sock")]
    public void A_socket_by_its_path(string text, string path)
    {
        Assert.True(WorkloadEndpoint.TryParse(text, out var endpoint, out _));
        Assert.Equal(new UnixDomainSocketEndPoint(path).ToString(), endpoint.Address.ToString());
        Assert.Equal(text, endpoint.ToString());
    }

    [Theory]
    [InlineData("tcp://127.0.0.1:8000", "127.0.0.1", 8000)]
    [InlineData("tcp://169.254.7.7:1", "169.254.7.7", 1)]
    [InlineData("tcp://[::1]:65535", "::1", 65535)]
    public void A_port_of_this_machine(string text, string address, int port)
    {
        Assert.True(WorkloadEndpoint.TryParse(text, out var endpoint, out _));
        Assert.Equal(new IPEndPoint(IPAddress.Parse(address), port), endpoint.Address);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/run/agent.sock")]
    [InlineData("unix:")]
    [InlineData("unix:/")]
    [InlineData("unix://")]
    [InlineData("unix:///")]
    [InlineData("unix:agent.sock")]
    [InlineData("unix://agent.sock")]
    [InlineData("unix://run/agent.sock")]
    [InlineData("unix:///run/agent.sock?x")]
    [InlineData("unix:///run/agent.sock#x")]
    [InlineData("unix:///run/agent%20.sock")]
    [InlineData("unix:///0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/agent.sock")]
    [InlineData("UNIX:///run/agent.sock")]
    [InlineData("tcp:127.0.0.1:8000")]
    [InlineData("tcp://127.0.0.1")]
    [InlineData("tcp://127.0.0.1:")]
    [InlineData("tcp://127.0.0.1:0")]
    [InlineData("tcp://127.0.0.1:65536")]
    [InlineData("tcp://127.0.0.1:+80")]
    [InlineData("tcp://127.0.0.1:8000/foo")]
    [InlineData("tcp://127.0.0.1:8000?x")]
    [InlineData("tcp://127.0.0.1:8000#x")]
    [InlineData("tcp://user@127.0.0.1:8000")]
    [InlineData("tcp://localhost:8000")]
    [InlineData("tcp://127.1:8000")]
    [InlineData("tcp://0x7f000001:8000")]
    [InlineData("tcp://::1:8000")]
    [InlineData("tcp://[127.0.0.1]:8000")]
    [InlineData("tcp://10.0.0.1:8000")]
    [InlineData("tcp://[2001:db8::1]:8000")]
    [InlineData("http://127.0.0.1:8000")]
    public void Nothing_else(string text)
    {
        Assert.False(WorkloadEndpoint.TryParse(text, out var endpoint, out var problem));
        Assert.Null(endpoint);
        Assert.EndsWith(".", problem, StringComparison.Ordinal);
    }
}

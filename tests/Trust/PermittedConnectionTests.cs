using System.Net;
using System.Net.Sockets;
using Sallyport.Gateway.Trust;

namespace Sallyport.Tests.Trust;

[Trait("Acceptance", "D15")]
public sealed class PermittedConnectionTests
{
    private static readonly IPAddress Metadata = IPAddress.Parse("169.254.169.254");

    [Fact]
    public async Task A_forbidden_address_is_left_out_and_a_permitted_one_beside_it_is_connected_to()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        Assert.Null(await PermittedConnection.OpenAsync([Metadata], port, CancellationToken.None));
        Assert.Null(await PermittedConnection.OpenAsync([], port, CancellationToken.None));
        await using var stream = await PermittedConnection.OpenAsync([Metadata, IPAddress.Loopback], port, CancellationToken.None);
        Assert.NotNull(stream);
        using var accepted = await listener.AcceptTcpClientAsync();
        Assert.True(accepted.Connected);
    }
}

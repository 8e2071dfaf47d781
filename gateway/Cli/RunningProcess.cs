using System.Net;
using System.Text.Json;
using Sallyport.Gateway.Admin;

namespace Sallyport.Gateway.Cli;

/// <summary>The gateway that serves by the configuration at hand, asked at its admin address.</summary>
internal static class RunningProcess
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private const int MaxBytes = 16 << 20;

    /// <returns>Its caches; or null and why it did not say.</returns>
    public static async Task<(IReadOnlyList<KeyCacheReport>? Caches, string? Problem)> ReadAsync(Uri admin, CancellationToken cancellation)
    {
        var address = new Uri(Reachable(admin), "/jwks");
        try
        {
            using var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, ConnectTimeout = Patience };
            using var http = new HttpClient(handler) { Timeout = Patience, MaxResponseContentBufferSize = MaxBytes };
            return (await http.GetFromJsonAsync<List<KeyCacheReport>>(address, AdminJson.Options, cancellation), null);
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or NotSupportedException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return (null, $"no gateway of this configuration answers at {address}");
        }
    }

    // Where it listens on every address, it is reached on one.
    private static Uri Reachable(Uri admin)
    {
        if (!IPAddress.TryParse(admin.DnsSafeHost, out var ip)) return admin;
        var loopback = ip.Equals(IPAddress.Any) ? "127.0.0.1" : ip.Equals(IPAddress.IPv6Any) ? "[::1]" : null;
        return loopback is null ? admin : new UriBuilder(admin) { Host = loopback }.Uri;
    }
}

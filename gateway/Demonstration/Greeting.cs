using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Sallyport.Gateway.Audit;
using Sallyport.Gateway.Issuing;
using Sallyport.Gateway.Trust;

namespace Sallyport.Gateway.Demonstration;

/// <summary>Says, once the server listens, where it does, and gives requests to paste into a shell, with fresh tokens.</summary>
internal sealed class Greeting(
    TextWriter output,
    IServer server,
    RunningConfiguration running,
    TokenMint? mint = null) : IHostedLifecycleService
{
    public Task StartedAsync(CancellationToken cancellationToken) => GreetAsync(cancellationToken);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task GreetAsync(CancellationToken cancellation)
    {
        if (running.Options is not { } options) return;
        var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        var text = new StringWriter();
        text.WriteLine();
        foreach (var address in addresses) text.WriteLine($"Sallyport listens on {address}");
        text.WriteLine($"Health answers at   {new Uri(options.Admin.Url, "/health/ready")}");
        if (options.Demonstration.Upstream is { } upstream) text.WriteLine($"The upstream is at  {upstream.GetLeftPart(UriPartial.Authority)}");
        if (addresses.Select(Reachable).FirstOrDefault() is { } gateway)
            foreach (var request in options.Demonstration.Requests)
                await PrintAsync(text, gateway, request, options.TrustedIssuers, cancellation);
        text.WriteLine();
        // In one piece, so that no line of the log comes between.
        await output.WriteAsync(text.ToString());
        await output.FlushAsync(cancellation);
    }

    private async Task PrintAsync(StringWriter text, string gateway, DemonstrationRequest request, IReadOnlyList<TrustedIssuerOptions> issuers, CancellationToken cancellation)
    {
        text.WriteLine();
        text.WriteLine($"# {string.Concat(request.Title.Select(c => char.IsControl(c) ? ' ' : c))}");
        if (request.Claims is not { } claims || issuers.FirstOrDefault(entry => entry.Keys.Kind == KeySourceKind.Own) is not { } trusted || mint is null)
        {
            text.WriteLine($"curl -i {Quoted(gateway + request.Path)}");
            return;
        }

        try
        {
            var token = await mint.MintAsync(DevelopmentToken.Of(trusted, claims, "greeting", DevelopmentToken.Longest), cancellation);
            text.WriteLine($"curl -i {Quoted(gateway + request.Path)} -H {Quoted("Authorization: Bearer " + token.Text)}");
        }
        catch (Exception e) when (e is SigningUnavailableException or AuditUnavailableException)
        {
            text.WriteLine($"# There is no token for it: {e.Message}");
        }
    }

    /// <summary>A word that no POSIX shell takes apart or expands.</summary>
    private static string Quoted(string word) => "'" + word.Replace("'", "'\\''", StringComparison.Ordinal) + "'";

    /// <summary>An address to send to: one that means every interface becomes the loopback one.</summary>
    private static string Reachable(string address)
    {
        var parsed = BindingAddress.Parse(address);
        var isEverywhere = !IPAddress.TryParse(parsed.Host.Trim('[', ']'), out var ip)
            ? !parsed.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            : ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any);
        return isEverywhere ? $"{parsed.Scheme}://127.0.0.1:{parsed.Port}" : address.TrimEnd('/');
    }
}

using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Sallyport.Gateway.Admin;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Admin;

/// <summary>Asks a gateway's admin address, as an orchestrator does.</summary>
internal sealed class Probe(TestGateway gateway)
{
    private static readonly HttpClient Client = new();

    public Uri Address { get; } = gateway.Services.GetRequiredService<AdminServer>().Address!;

    public Task<HttpResponseMessage> Get(string path) => Client.GetAsync(new Uri(Address, path));

    public async Task<(HttpStatusCode Status, JsonObject Report)> Ready()
    {
        using var response = await Get("/health/ready");
        return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsObject());
    }
}

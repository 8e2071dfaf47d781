using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Cli;

/// <summary>The built gateway outside Development: an issuer over https, a front door over https, and an authority that is trusted or not.</summary>
public sealed class ProductionTests
{
    [Theory]
    [InlineData(true, 200)]
    [InlineData(false, 503)]
    [Trait("Acceptance", "D15")]
    public async Task Keys_come_over_https_from_a_server_that_the_machine_trusts_and_from_no_other(bool isTrusted, int status)
    {
        using var authority = new TestAuthority();
        var key = TestKey.New("RS256");
        await using var upstream = await RecordingUpstream.StartAsync();
        await using var issuer = await StartIssuer(authority, key);
        var issuerUrl = issuer.Urls.Single();

        var json = (JsonObject)JsonNode.Parse($$"""
            {
              "Kestrel": { "Endpoints": { "tls": { "Url": "https://127.0.0.1:0", "Certificate": { "Path": "server.pem", "KeyPath": "server.key" } } } },
              "Sallyport": {
                "TrustedIssuers": { "corp": { "Issuer": "{{issuerUrl}}", "Audiences": ["api"], "Keys": { "Discovery": true, "Timeout": "00:00:20" } } },
                "Policies": { "any": { "Issuers": ["corp"] } },
                "Admin": { "Url": "http://127.0.0.1:0" }
              },
              "ReverseProxy": {
                "Routes": { "any": { "ClusterId": "upstream", "AuthorizationPolicy": "any", "Match": { "Path": "/any/{**rest}" } } },
                "Clusters": { "upstream": { "Destinations": { "only": { "Address": "{{upstream.Url}}" } } } }
              }
            }
            """)!;
        var environment = new Dictionary<string, string> { ["SSL_CERT_DIR"] = "/nowhere", ["SSL_CERT_FILE"] = isTrusted ? "authority.pem" : "nobody.pem" };
        await using var gateway = await GatewayProcess.StartAsync(["--config", "gateway.json"], environment, new Dictionary<string, string>
        {
            ["gateway.json"] = json.ToJsonString(),
            ["authority.pem"] = authority.AuthorityPem,
            ["nobody.pem"] = "",
            ["server.pem"] = authority.Server.ExportCertificatePem(),
            ["server.key"] = authority.Server.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem(),
        });
        var line = await gateway.Line("Now listening on: https://");

        using var handler = new SocketsHttpHandler { SslOptions = { CertificateChainPolicy = authority.Trusting() } };
        using var client = new HttpClient(handler) { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var claims = new JsonObject { ["iss"] = issuerUrl, ["sub"] = "alice", ["aud"] = "api", ["iat"] = now, ["exp"] = now + 600 };
        using var request = new HttpRequestMessage(HttpMethod.Get, line[line.IndexOf("https://", StringComparison.Ordinal)..].Trim() + "/any/1") { Version = HttpVersion.Version20 };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", TokenForge.Token(key, claims, "k1"));
        using var response = await client.SendAsync(request);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(isTrusted ? 1 : 0, upstream.Requests.Count);
        if (isTrusted) Assert.Equal("https", upstream.Requests[0].Header("X-Forwarded-Proto"));
        Assert.Equal(0, await gateway.StopAsync());
    }

    private static async Task<WebApplication> StartIssuer(TestAuthority authority, TestKey key)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.UseHttps(authority.Server);
        }));
        builder.Services.AddRouting();
        var app = builder.Build();
        app.Run(context =>
        {
            var url = app.Urls.Single();
            var body = context.Request.Path.Value switch
            {
                "/.well-known/openid-configuration" => new JsonObject { ["issuer"] = url, ["jwks_uri"] = url + "/jwks" },
                "/jwks" => TokenForge.Set(key.PublicJwk("k1", "RS256", "sig")),
                _ => null,
            };
            context.Response.StatusCode = body is null ? 404 : 200;
            return context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(body?.ToJsonString() ?? "")).AsTask();
        });
        await app.StartAsync();
        return app;
    }
}

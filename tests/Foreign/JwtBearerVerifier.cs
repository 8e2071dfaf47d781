using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Sallyport.Tests.Foreign;

/// <summary>An ASP.NET Core service as its documentation writes it: JwtBearer with an authority and an audience, and nothing of ours.</summary>
internal sealed class JwtBearerVerifier : IForeignVerifier
{
    private readonly WebApplication _app;
    private readonly HttpClient _client;

    private JwtBearerVerifier(WebApplication app)
    {
        _app = app;
        _client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public string Forged => "The signature is invalid";

    public string Expired => "The token expired at";

    public string Misdirected => "The audience '";

    public static async Task<JwtBearerVerifier> StartAsync(string issuer, string audience)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddAuthorization();
        builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(options =>
        {
            (options.Authority, options.Audience) = (issuer, audience);
            options.MapInboundClaims = false;
            // All on the loopback address.
            options.RequireHttpsMetadata = false;
            options.BackchannelHttpHandler = new SocketsHttpHandler { UseProxy = false };
            // The least that it takes; five minutes otherwise.
            options.RefreshInterval = TimeSpan.FromSeconds(1);
        });
        var app = builder.Build();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapGet("/", (HttpContext context) => context.User.FindFirst("sub")!.Value).RequireAuthorization();
        await app.StartAsync();
        return new JwtBearerVerifier(app);
    }

    public async Task<ForeignVerdict> Verify(string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await _client.SendAsync(request);
        if (answer.StatusCode == HttpStatusCode.OK)
            return new ForeignVerdict(await answer.Content.ReadAsStringAsync(), null);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        return new ForeignVerdict(null, answer.Headers.WwwAuthenticate.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
    }
}

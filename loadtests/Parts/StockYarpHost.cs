using System.CommandLine;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Transforms;

namespace Sallyport.LoadTests.Parts;

/// <summary>
/// What a .NET team writes without the gateway: YARP, JwtBearer with the issuer's keys at hand, a policy that asks what the gateway's
/// asks, and transforms that tell the upstream who calls. ES256 and RS256: JwtBearer knows no EdDSA.
/// </summary>
internal static class StockYarpHost
{
    private const string Policy = "orders-read";
    private const string Prefix = "X-Auth-";

    // As the gateway's configuration has it: header after the prefix, and claim.
    private static readonly (string Header, string Claim)[] Told =
    [
        ("Subject", "sub"), ("Issuer", "iss"), ("Audience", "aud"), ("Scope", "scope"), ("Expires", "exp"), ("Token-Id", "jti"), ("Email", "email"),
    ];

    public static Command Verb()
    {
        var port = new Argument<int>("port");
        var destination = new Argument<string>("destination");
        var issuer = new Argument<string>("issuer");
        var keys = new Argument<string>("keys");
        var verb = new Command("stock-yarp") { Hidden = true, Arguments = { port, destination, issuer, keys } };
        verb.SetAction((parse, cancellation) =>
            RunAsync(parse.GetValue(port), parse.GetValue(destination)!, parse.GetValue(issuer)!, parse.GetValue(keys)!, cancellation));
        return verb;
    }

    private static async Task RunAsync(int port, string destination, string issuer, string keys, CancellationToken cancellation)
    {
        var jwks = new JsonWebKeySet(await File.ReadAllTextAsync(keys, cancellation));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(options =>
        {
            options.MapInboundClaims = false;
            options.TokenValidationParameters = new TokenValidationParameters
            {
                ValidIssuer = issuer,
                ValidAudience = "api",
                ValidAlgorithms = ["ES256", "RS256"],
                IssuerSigningKeys = [.. jwks.GetSigningKeys()],
                NameClaimType = "sub",
            };
        });
        builder.Services.AddAuthorizationBuilder().AddPolicy(Policy, policy => policy
            .RequireAuthenticatedUser()
            .RequireClaim("sub")
            .RequireClaim("iss", issuer)
            .RequireAssertion(HasScope)
            .RequireAssertion(IsOfTenant));
        builder.Services.AddReverseProxy()
            .LoadFromMemory(
                [new RouteConfig { RouteId = "orders", ClusterId = "upstream", AuthorizationPolicy = Policy, Match = new RouteMatch { Path = "/orders/{tenant}/{**rest}" } }],
                [
                    new ClusterConfig
                    {
                        ClusterId = "upstream",
                        Destinations = new Dictionary<string, DestinationConfig>(StringComparer.Ordinal) { ["only"] = new() { Address = destination } },
                    },
                ])
            .AddTransforms(transforms => transforms.AddRequestHeaderRemove("Authorization").AddRequestTransform(Tell));
        await using var app = builder.Build();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapReverseProxy();
        await ((IHost)app).RunAsync(cancellation);
    }

    private static bool HasScope(AuthorizationHandlerContext context) =>
        context.User.FindFirstValue("scope") is { } scope && scope.Split(' ').Contains("orders:read", StringComparer.Ordinal);

    private static bool IsOfTenant(AuthorizationHandlerContext context) =>
        context.Resource is HttpContext http
        && http.GetRouteValue("tenant") is string tenant
        && string.Equals(tenant, context.User.FindFirstValue("org_id"), StringComparison.Ordinal);

    private static ValueTask Tell(RequestTransformContext context)
    {
        var (request, sent) = (context.HttpContext.Request.Headers, context.ProxyRequest.Headers);
        foreach (var header in request)
            if (header.Key.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
                sent.Remove(header.Key);
        var user = context.HttpContext.User;
        foreach (var (header, claim) in Told)
            if (user.FindFirstValue(claim) is { } value)
                sent.TryAddWithoutValidation(Prefix + header, value);
        sent.TryAddWithoutValidation(Prefix + "Issuer-Name", "corp");
        return default;
    }
}

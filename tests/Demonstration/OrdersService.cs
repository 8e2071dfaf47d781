using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Sallyport.Tests.Demonstration;

/// <summary>The service of README.md, line by line: stock ASP.NET Core, which knows nothing of Sallyport.</summary>
internal static class OrdersService
{
    public const string End = "app.Run();";

    public static WebApplication Build(string[] args)
    {
        // The service.
        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddAuthorization().AddAuthentication().AddJwtBearer(jwt =>
        {
            (jwt.Authority, jwt.Audience, jwt.MapInboundClaims, jwt.AutomaticRefreshInterval) = (builder.Configuration["Gateway"], "orders", false, TimeSpan.FromMinutes(5));
            (jwt.TokenValidationParameters.ValidTypes, jwt.TokenValidationParameters.ClockSkew) = (["JWT"], TimeSpan.FromSeconds(10));
            jwt.Events = new() { OnMessageReceived = message => { message.Token = message.Request.Headers["X-Auth-Assertion"]; return Task.CompletedTask; } };
        });
        var app = builder.Build();
        app.MapGet("/orders/{tenant}/{id}", (string id, HttpContext http) => $"{http.User.FindFirst("sub")!.Value} reads order {id}").RequireAuthorization();
        // The end.
        return app;
    }
}

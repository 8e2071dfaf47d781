using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Timeouts;
using Sallyport.Gateway.Configuration;
using Sallyport.Gateway.Issuing;
using Sallyport.Gateway.Proxy;
using Sallyport.Gateway.Telemetry;

namespace Sallyport.Gateway;

/// <summary>Builds the process: Kestrel, the gate, YARP, and what runs beside them.</summary>
internal static class GatewayHost
{
    public const string FallbackUrl = "http://127.0.0.1:8080";

    /// <param name="configuration">Watched for changes.</param>
    /// <param name="options">What was read from <paramref name="configuration"/>.</param>
    /// <param name="environmentName">Development or other.</param>
    /// <param name="contentRoot">Where relative files are looked for.</param>
    /// <param name="extra">Services that come last, and so win.</param>
    /// <exception cref="MistakesException">The keys of an issuer cannot be opened.</exception>
    public static IHost Build(
        IConfigurationRoot configuration,
        GatewayOptions options,
        string environmentName,
        string contentRoot,
        Action<IServiceCollection>? extra = null)
    {
        var host = new HostBuilder()
            .ConfigureAppConfiguration(builder => builder.AddConfiguration(configuration))
            .ConfigureLogging(logging => Logging(logging, configuration))
            .ConfigureServices((context, services) =>
            {
                services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(20));
                services.AddVerification(options, context.HostingEnvironment);
                if (options.Issuer is { } issuer) services.AddIssuing(issuer);
                services.AddGateway();
                services.AddBackground(options, configuration, context.HostingEnvironment);
            })
            .ConfigureWebHost(web => web
                .UseKestrel((context, kestrel) =>
                {
                    kestrel.AddServerHeader = false;
                    kestrel.Configure(context.Configuration.GetSection("Kestrel"), reloadOnChange: true);
                })
                .UseSetting(WebHostDefaults.ServerUrlsKey, ListenUrls(configuration))
                .Configure(Pipeline))
            // After the web host, which would let ASPNETCORE_ variables have the last word.
            .UseEnvironment(environmentName)
            .UseContentRoot(contentRoot)
            .ConfigureServices(services => extra?.Invoke(services))
            .Build();

        var mistakes = host.Services.GetRequiredService<RunningConfiguration>().Apply(options);
        if (mistakes.Count == 0) return host;
        host.Dispose();
        throw new MistakesException(mistakes);
    }

    private static void Pipeline(IApplicationBuilder app)
    {
        var gate = app.ApplicationServices.GetRequiredService<Gate>();
        var routes = app.ApplicationServices.GetRequiredService<RouteTable>();
        if (app.ApplicationServices.GetService<GatewayTelemetry>() is not null) app.Use(RequestSpan.Describe);
        app.UseRouting();
        // Proxied routes have the gate instead; the attribute is only left on endpoints without one.
        app.UseWhen(
            context => context.GetEndpoint()?.Metadata.GetMetadata<IAuthorizeData>() is not null,
            branch => branch.UseAuthentication().UseAuthorization());
        // YARP refuses to serve a route with a timeout that nobody applies.
        app.UseWhen(
            context => context.GetEndpoint()?.Metadata is { } metadata
                && (metadata.GetMetadata<RequestTimeoutAttribute>() is not null || metadata.GetMetadata<RequestTimeoutPolicy>() is not null),
            branch => branch.UseRequestTimeouts());
        app.UseEndpoints(endpoints =>
        {
            app.ApplicationServices.GetService<IssuerEndpoints>()?.Map(endpoints);
            endpoints.MapReverseProxy().Add(endpoint => routes.Guard(endpoint, gate));
        });
    }

    private static string ListenUrls(IConfiguration configuration)
    {
        if (configuration.GetSection("Kestrel:Endpoints").GetChildren().Any()) return "";
        return configuration["Urls"] ?? configuration["ASPNETCORE_URLS"] ?? FallbackUrl;
    }

    private static void Logging(ILoggingBuilder logging, IConfiguration configuration)
    {
        // Routing says two lines about every request. Before the configuration, which may ask for them.
        logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        logging.AddConfiguration(configuration.GetSection("Logging"));
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss ";
            console.UseUtcTimestamp = true;
        });
        logging.Services.PostConfigure<LoggerFilterOptions>(TalkativeCategories.Silence);
    }
}

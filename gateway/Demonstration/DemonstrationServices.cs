namespace Sallyport.Gateway.Demonstration;

/// <summary>Puts the demonstration beside the gateway. Only ever called in Development.</summary>
internal static class DemonstrationServices
{
    public static IServiceCollection AddDemonstration(this IServiceCollection services, DemonstrationOptions options, TextWriter output)
    {
        if (options.Upstream is { } address) services.AddHostedService(_ => new DemonstrationUpstream(address));
        services.AddHostedService(provider => ActivatorUtilities.CreateInstance<Greeting>(provider, output));
        return services;
    }
}

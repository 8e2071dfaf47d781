using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting.Internal;
using Sallyport.Gateway.Configuration;

namespace Sallyport.Gateway.Cli;

/// <summary>The gateway without a server, and without a log but for its audit.</summary>
internal static class VerbServices
{
    // Nobody waits in line behind a verb.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <param name="audit">Where the audit's lines go; null for a verb that does nothing that is audited.</param>
    public static ServiceProvider Of(GatewayOptions options, ConfigurationChoice choice, TextWriter? audit = null)
    {
        if (options.Redis is { } redis) options = options with { Redis = redis with { Timeout = Patience } };
        var environment = new HostingEnvironment
        {
            EnvironmentName = choice.EnvironmentName,
            ContentRootPath = choice.ContentRoot,
            ContentRootFileProvider = new NullFileProvider(),
        };
        return new ServiceCollection()
            .AddSingleton<IHostEnvironment>(environment)
            .AddLogging(logging =>
            {
                if (audit is not null) logging.AddProvider(new AuditLines(audit));
            })
            .AddVerification(options, environment)
            .BuildServiceProvider();
    }

    /// <summary>Writes why there is no configuration to work with.</summary>
    public static int Mistaken(ConsoleStreams streams, IReadOnlyList<Mistake> mistakes, bool isJson)
    {
        if (isJson) MistakeReport.WriteJson(streams.Output, mistakes);
        else MistakeReport.Write(streams.Error, mistakes);
        return ExitCode.Refused;
    }
}

using System.CommandLine;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Connections;
using Sallyport.Gateway.Configuration;
using Sallyport.Gateway.Demonstration;
using Sallyport.Gateway.Trust;

namespace Sallyport.Gateway.Cli;

/// <summary><c>serve</c>: the gateway itself, until SIGTERM or SIGINT. The verb when none is given.</summary>
internal static partial class ServeVerb
{
    // Both write a stack trace about an address that is in use; here it becomes one line.
    private static readonly string[] StartUpCategories = ["Microsoft.Extensions.Hosting.Internal.Host", "Microsoft.AspNetCore.Server.Kestrel"];

    public static Command Command(SourceOptions sources, ConsoleStreams streams)
    {
        var command = new Command("serve", "Serves, until SIGTERM or SIGINT. The verb when none is given.");
        command.SetAction((parsed, cancellation) => RunAsync(sources.Read(parsed), streams, cancellation));
        return command;
    }

    public static async Task<int> RunAsync(ConfigurationChoice choice, ConsoleStreams streams, CancellationToken cancellation)
    {
        ILogger? logger = null;
        using var loaded = choice.Load(mistake => { if (logger is { } log) Unreadable(log, mistake); }, out var mistakes);
        if (loaded is null) return Mistaken(streams, mistakes);

        var isStarted = false;
        IHost host;
        try
        {
            host = GatewayHost.Build(loaded.Root, loaded.Options, choice.EnvironmentName, choice.ContentRoot, services =>
            {
                services.AddLogging(logging =>
                {
                    foreach (var category in StartUpCategories) logging.AddFilter(category, level => isStarted && level >= LogLevel.Information);
                });
                if (choice.IsDevelopment) services.AddDemonstration(loaded.Options.Demonstration, streams.Output);
            });
        }
        catch (MistakesException e)
        {
            return Mistaken(streams, e.Mistakes);
        }

        using (host)
        {
            logger = host.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Sallyport.Gateway.Cli.Serve");
            foreach (var issuer in host.Services.GetRequiredService<TrustedIssuers>().Current!.Issuers)
                IssuerTrusted(logger, issuer.Name, issuer.Keys.Source);
            Serving(logger, loaded.Options.Routes.Count, loaded.Options.Policies.Count, choice.EnvironmentName);
            try
            {
                await host.StartAsync(cancellation);
            }
            catch (Exception e) when (IsOutside(e))
            {
                await streams.Error.WriteLineAsync($"The gateway cannot start: {Visible.Line(e.Message)}{MendOf(e)}");
                return ExitCode.Refused;
            }

            isStarted = true;
            await host.WaitForShutdownAsync(cancellation);
            return ExitCode.Good;
        }
    }

    private static int Mistaken(ConsoleStreams streams, IReadOnlyList<Mistake> mistakes)
    {
        MistakeReport.Write(streams.Error, mistakes);
        return ExitCode.Refused;
    }

    private static string MendOf(Exception e) => e.InnerException is AddressInUseException
        ? " Stop what listens there, or name another address: Urls or Kestrel.Endpoints for the proxy, Sallyport.Admin.Url for health, Sallyport.Demonstration.Upstream for the demonstration."
        : "";

    /// <summary>What the machine or Kestrel's own configuration can be to blame for; anything else is a bug and keeps its stack trace.</summary>
    private static bool IsOutside(Exception e) =>
        e is IOException or SocketException or UnauthorizedAccessException or InvalidOperationException or FormatException or CryptographicException;

    [LoggerMessage(6001, LogLevel.Information, "Issuer {Issuer}: keys from {Source}")]
    private static partial void IssuerTrusted(ILogger logger, string issuer, string source);

    [LoggerMessage(6002, LogLevel.Information, "{Routes} routes, {Policies} policies, environment {Environment}")]
    private static partial void Serving(ILogger logger, int routes, int policies, string environment);

    [LoggerMessage(6003, LogLevel.Error, "A configuration file changed into something that cannot be read: {Mistake}")]
    private static partial void Unreadable(ILogger logger, Mistake mistake);
}

using Sallyport.Gateway.Audit;
using Sallyport.Gateway.Proof;
using Sallyport.Gateway.Redis;

namespace Sallyport.Gateway.Cli;

/// <summary>The trail of an archive that was named, or of the configuration at hand: in files, or in Redis.</summary>
internal static class AuditSource
{
    /// <summary>Opens it and lets <paramref name="work"/> read it. What keeps it from that is written to standard error.</summary>
    /// <param name="named">An archive; null for that of the configuration.</param>
    /// <param name="choice">Which configuration.</param>
    /// <param name="isJson">Whether mistakes are told to a machine.</param>
    /// <param name="streams">Where all that goes.</param>
    /// <param name="work">Gets the trail and the directory with keys and endorsements.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async Task<int> WithAsync(string? named, ConfigurationChoice choice, bool isJson, ConsoleStreams streams, Func<ITrailSource, string, Task<int>> work, CancellationToken cancellation)
    {
        try
        {
            if (named is not null) return Directory.Exists(named) ? await work(new FileTrailSource(named), named) : AttestFiles.Fail(streams, $"{named} is not there, or is no directory.", ExitCode.Usage);
            using var loaded = choice.Load(onReloadMistake: null, out var mistakes);
            if (loaded is null) return VerbServices.Mistaken(streams, mistakes, isJson);
            if (loaded.Options.Audit is not { Directory: { } directory } audit) return AttestFiles.Fail(streams, "There is no trail in this configuration: give an archive by --archive, or see Sallyport.Audit.", ExitCode.Usage);
            if (audit.Sink == AuditSinkKind.File) return await work(new FileTrailSource(directory), directory);
            await using var services = VerbServices.Of(loaded.Options, choice);
            if (await SharedRevocations.ConnectAsync(services, cancellation) is { } away) return AttestFiles.Fail(streams, away, ExitCode.Refused);
            return await work(new RedisTrailSource(new RedisTrail(services.GetRequiredService<RedisConnection>(), audit.Issuer, services.GetRequiredService<TimeProvider>())), directory);
        }
        catch (Exception e) when (e is ArchiveFaultException or IOException or UnauthorizedAccessException)
        {
            return AttestFiles.Fail(streams, e.Message, ExitCode.Refused);
        }
    }
}

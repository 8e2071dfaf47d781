using System.CommandLine;
using Sallyport.Gateway.Audit;
using Sallyport.Gateway.Configuration;
using Sallyport.Gateway.Demonstration;
using Sallyport.Gateway.Issuing;
using Sallyport.Gateway.Keys;
using Sallyport.Gateway.Tokens;
using Sallyport.Gateway.Trust;

namespace Sallyport.Gateway.Cli;

/// <summary><c>token mint [--claim NAME=VALUE ...] [--lifetime TIME]</c>: an access token for anybody, by the ring that the gateways share. Development only.</summary>
internal static class TokenMintVerb
{
    private static readonly TimeSpan Usual = TimeSpan.FromMinutes(5);

    public static Command Command(SourceOptions sources, ConsoleStreams streams)
    {
        var claims = new Option<string[]>("--claim") { Description = "A claim of the token; may be given again. Without sub the subject is 'somebody'.", HelpName = "NAME=VALUE" };
        var lifetime = new Option<string?>("--lifetime") { Description = $"How long it is good, up to {DurationText.Write(DevelopmentToken.Longest)}; {DurationText.Write(Usual)} unless told.", HelpName = "TIME" };
        var command = new Command("mint", "Signs an access token that the gateways of this configuration accept. In the Development environment only.") { claims, lifetime };
        command.SetAction((parsed, cancellation) => RunAsync(parsed.GetValue(claims) ?? [], parsed.GetValue(lifetime), sources.Read(parsed), streams, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(string[] written, string? time, ConfigurationChoice choice, ConsoleStreams streams, CancellationToken cancellation)
    {
        if (!TryReadClaims(written, out var claims)) return await Wrong("A claim is written as NAME=VALUE.", ExitCode.Usage);
        var lifetime = Usual;
        if (time is not null && (!DurationText.TryParse(time, out lifetime) || lifetime < TimeSpan.FromSeconds(1) || lifetime > DevelopmentToken.Longest))
            return await Wrong($"The lifetime is written as {DurationText.Write(Usual)}, from a second to {DurationText.Write(DevelopmentToken.Longest)}.", ExitCode.Usage);
        if (!choice.IsDevelopment) return await Wrong("Whoever may run this gets any token: it is for the Development environment. See --environment.", ExitCode.Refused);

        using var loaded = choice.Load(onReloadMistake: null, out var mistakes);
        if (loaded is null) return VerbServices.Mistaken(streams, mistakes, isJson: false);
        if (loaded.Options.Issuer is not { } issuer) return await Wrong("There is no issuer in this configuration: see Sallyport.Issuer.", ExitCode.Refused);
        if (issuer.Keys.Store == KeyStoreKind.Spiffe)
            return await Wrong("The SVIDs of the gateway sign (Sallyport.Issuer.Keys.Store is Spiffe), and this process is not the gateway: make the Store \"File\" or \"Redis\".", ExitCode.Refused);
        if (issuer.Keys.Store == KeyStoreKind.Memory)
            return await Wrong("The keys are in the memory of the gateway (Sallyport.Issuer.Keys.Store), which no other process can reach: make the Store \"File\" or \"Redis\".", ExitCode.Refused);
        if (loaded.Options.TrustedIssuers.FirstOrDefault(entry => entry.Keys.Kind == KeySourceKind.Own) is not { } own)
            return await Wrong("The gateway does not trust its own tokens: give a trusted issuer \"Keys\": {\"Own\": true}.", ExitCode.Refused);

        await using var services = VerbServices.Of(loaded.Options, choice, streams.Error);
        if ((issuer.Keys.IsInRedis || loaded.Options.Audit.Sink == AuditSinkKind.Redis) && await SharedRevocations.ConnectAsync(services, cancellation) is { } away) return await Wrong(away, ExitCode.Refused);
        try
        {
            if (await OpenAsync(services, cancellation) is { } problem) return await Wrong(problem, ExitCode.Refused);
            var minted = await services.GetRequiredService<TokenMint>().MintAsync(DevelopmentToken.Of(own, claims, "operator", lifetime), cancellation);
            await streams.Output.WriteLineAsync(minted.Text);
            return ExitCode.Good;
        }
        catch (Exception e) when (e is KeyStoreAwayException or SigningUnavailableException or AuditUnavailableException or InvalidOperationException)
        {
            return await Wrong($"Nothing could be signed: {e.Message}.", ExitCode.Refused);
        }

        async Task<int> Wrong(string text, int code)
        {
            await streams.Error.WriteLineAsync(Visible.Line(text));
            return code;
        }
    }

    /// <summary>Reads the ring and leaves it as it is: making keys and rotating them is for the gateways.</summary>
    private static async Task<string?> OpenAsync(ServiceProvider services, CancellationToken cancellation)
    {
        var keeper = services.GetRequiredService<RingKeeper>();
        var (stored, ring, problem) = await keeper.ReadAsync(cancellation);
        if (ring is null) return $"What lies in {keeper.Store.Place} is not the ring of this issuer: {problem}.";
        if (ring.Active is not { } active || active.NotAfter <= stored.Now) return $"There is no key in {keeper.Store.Place} that signs now: start a gateway first.";
        var (signer, why) = await keeper.Maker.OpenAsync(active, cancellation);
        if (signer is null) return $"The signing key {active.KeyId} cannot be opened: {why}.";
        var opened = new ActiveKey(signer, active.NotAfter);
        services.GetRequiredService<OwnKeys>().Publish(new OpenRing(ring.Epoch, opened, JwkSet.Of([.. ring.Published(stored.Now).Select(key => key.Public)]), Problem: null));
        return null;
    }

    private static bool TryReadClaims(string[] written, out Dictionary<string, string> claims)
    {
        claims = new(StringComparer.Ordinal);
        foreach (var claim in written)
        {
            var equals = claim.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0) return false;
            claims[claim[..equals]] = claim[(equals + 1)..];
        }

        return true;
    }
}

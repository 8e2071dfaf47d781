using System.CommandLine;

namespace Sallyport.Gateway.Cli;

/// <summary>The verbs of the one executable, and what a wrong command line is answered with.</summary>
internal static class CommandLine
{
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, ConsoleStreams streams)
    {
        var invocation = new InvocationConfiguration
        {
            Output = streams.Output,
            Error = streams.Error,
            // The host handles signals while it serves; every other verb may just end.
            ProcessTerminationTimeout = null,
        };
        // A token may begin with any character: nothing in it is expanded.
        var parsed = Verbs(streams).Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false });
        var isWrong = parsed.Errors.Count > 0 && parsed.Action is System.CommandLine.Invocation.ParseErrorAction or null;
        if (!isWrong) return await parsed.InvokeAsync(invocation);

        foreach (var error in parsed.Errors) await streams.Error.WriteLineAsync(Visible.Line(error.Message));
        await streams.Error.WriteLineAsync("See --help.");
        return ExitCode.Usage;
    }

    private static RootCommand Verbs(ConsoleStreams streams)
    {
        var sources = new SourceOptions();
        var root = new RootCommand("Sallyport: an edge proxy that verifies tokens before it forwards.");
        // [diagram] and its kind are for those who write command lines, not for those who use them.
        root.Directives.Clear();
        sources.AddTo(root);
        root.Add(ServeVerb.Command(sources, streams));
        root.Add(CheckVerb.Command(sources, streams));
        root.Add(ExplainVerb.Command(sources, streams));
        root.Add(new Command("token", "Looks at one token, or makes one.")
        {
            TokenInspectVerb.Command(streams, TimeProvider.System),
            TokenVerifyVerb.Command(sources, streams),
            TokenMintVerb.Command(sources, streams),
        });
        root.Add(new Command("jwks", "Keys of trusted issuers.")
        {
            JwksShowVerb.Command(sources, streams),
            JwksRefreshVerb.Command(sources, streams),
        });
        root.Add(new Command("keys", "Our own signing keys.")
        {
            KeysListVerb.Command(sources, streams),
            KeysPrepareVerb.Command(sources, streams),
            KeysActivateVerb.Command(sources, streams),
            KeysRetireVerb.Command(sources, streams),
            KeysRevokeVerb.Command(sources, streams),
            KeysResealVerb.Command(sources, streams),
        });
        root.Add(RevokeVerb.Command(sources, streams));
        root.Add(new Command("revocations", "What is revoked.") { RevocationsListVerb.Command(sources, streams) });
        root.Add(AttestVerb.Command(sources, streams));
        root.Add(new Command("audit", "The audit trail, and what it proves.")
        {
            AuditVerifyVerb.Command(sources, streams),
            AuditExportVerb.Command(sources, streams),
            AuditTailVerb.Command(sources, streams),
        });
        root.Add(new Command("clients", "Clients of the issuer.") { ClientsHashVerb.Command(streams) });
        root.Add(new Command("doctor", "Looks for what others would refuse.") { DoctorAwsVerb.Command(sources, streams, TimeProvider.System) });
        root.Add(new Command("jws", "The signature layer alone.") { JwsVerifyVerb.Command(streams) });
        // Without a verb it serves.
        root.SetAction((parsed, cancellation) => ServeVerb.RunAsync(sources.Read(parsed), streams, cancellation));
        return root;
    }
}

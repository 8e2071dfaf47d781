using System.CommandLine;
using Sallyport.Gateway.Attestation;
using Sallyport.Gateway.Audit;
using Sallyport.Gateway.Identity;
using Sallyport.Gateway.Keys;

namespace Sallyport.Gateway.Cli;

/// <summary><c>attest --predicate FILE --type URI --subject FILE... [--token T|-] [--out FILE]</c>: an in-toto statement in a DSSE envelope, signed by the key that signs tokens.</summary>
/// <remarks>
/// <code>
///   1  read           predicate, subjects
///   2  authorise      the token, by the verifier of the gateway
///   3  sign, record   by the active key of the ring; in the audit trail
///   4  write
/// </code>
/// </remarks>
internal static class AttestVerb
{
    public static Command Command(SourceOptions sources, ConsoleStreams streams)
    {
        var predicate = new Option<string>("--predicate") { Description = "What is said of the subjects: a file with a JSON object.", HelpName = "FILE", Required = true };
        var type = new Option<string>("--type") { Description = "The kind of the predicate.", HelpName = "URI", Required = true };
        var subjects = AttestOptions.Subjects("A file of which it is said; several may follow.");
        subjects.Required = true;
        var token = AttestOptions.Token("The token that authorises it. It is verified first, and its hash is signed with the rest.");
        var target = new Option<string?>("--out") { Description = "Where the envelope is written; standard output unless told.", HelpName = "FILE" };
        var command = new Command("attest", "Signs what is said of files, with the key that signs tokens.") { predicate, type, subjects, token, target, AttestVerifyVerb.Command(sources, streams) };
        command.SetAction((parsed, cancellation) => RunAsync(
            new AttestRequest(parsed.GetRequiredValue(predicate), parsed.GetRequiredValue(type), parsed.GetRequiredValue(subjects), parsed.GetValue(token), parsed.GetValue(target)),
            sources.Read(parsed),
            streams,
            cancellation));
        return command;
    }

    private static async Task<int> RunAsync(AttestRequest request, ConfigurationChoice choice, ConsoleStreams streams, CancellationToken cancellation)
    {
        // 1 Read
        if (!Statement.IsTypeUri(request.Type)) return AttestFiles.Fail(streams, "--type is no absolute URI, such as https://example.com/review/v1.", ExitCode.Usage);
        if (!AttestFiles.TryRead(request.Predicate, Predicate.MaxBytes, out var json, out var problem)) return AttestFiles.Fail(streams, problem, ExitCode.Usage);
        if (!Predicate.TryRead(json, out var predicate, out problem)) return AttestFiles.Fail(streams, problem, ExitCode.Refused);
        var (subjects, unread) = await AttestFiles.HashAsync(request.Subjects, cancellation);
        if (unread is not null) return AttestFiles.Fail(streams, unread, ExitCode.Usage);
        if (subjects.GroupBy(subject => subject.Name).FirstOrDefault(group => group.Count() > 1) is { } same)
            return AttestFiles.Fail(streams, $"Two subjects are called {same.Key}: a statement tells them apart by name. Attest them one by one.", ExitCode.Refused);

        using var loaded = choice.Load(onReloadMistake: null, out var mistakes);
        if (loaded is null) return VerbServices.Mistaken(streams, mistakes, isJson: false);
        await using var services = VerbServices.Of(loaded.Options, choice, streams.Error);
        try
        {
            // 2 Authorise
            var (authorization, refusal) = request.Token is { } argument
                ? await AttestToken.VerifyAsync(await TokenText.ReadAsync(argument, streams, cancellation), loaded.Options, services, streams, cancellation)
                : (null, null);
            if (refusal is not null) return AttestFiles.Fail(streams, refusal, ExitCode.Refused);

            // 3 Sign, record
            var (key, closed) = await AttestKey.OpenAsync(loaded.Options, services, isConnected: request.Token is not null, cancellation);
            if (key is null) return AttestFiles.Fail(streams, closed!, ExitCode.Refused);
            using (key)
            {
                var identity = services.GetRequiredService<OwnIdentity>().Current?.Svid.Id.ToString();
                var attestor = new Attestor(key, services.GetRequiredService<AuditTrail>(), services.GetRequiredService<TimeProvider>(), identity);
                var envelope = await attestor.AttestAsync(new Statement(request.Type, subjects, authorization), predicate, "operator", cancellation);

                // 4 Write
                return await AttestFiles.WriteAsync(envelope.ToJson(), request.Target, key.KeyId, streams, cancellation);
            }
        }
        catch (Exception e) when (e is KeyStoreAwayException or SigningFailedException or AuditUnavailableException or InvalidOperationException)
        {
            return AttestFiles.Fail(streams, $"Nothing was attested: {e.Message}.", ExitCode.Refused);
        }
    }
}

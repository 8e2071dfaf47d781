using System.CommandLine;
using System.Globalization;
using System.Text;
using Sallyport.Gateway.Audit;
using Sallyport.Gateway.Redis;
using Sallyport.Gateway.Revocation;
using Sallyport.Gateway.Trust;

namespace Sallyport.Gateway.Cli;

/// <summary><c>revoke</c>: one record into Redis, from where every replica has it at once.</summary>
internal sealed class RevokeVerb(SourceOptions sources, ConsoleStreams streams)
{
    // A stolen key can date its tokens as it likes: it stays revoked long after the issuer stopped publishing it.
    private static readonly TimeSpan KeyRetention = TimeSpan.FromDays(365);
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);
    private static readonly DateTimeOffset Latest = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Option<string?> _issuer = new("--issuer") { Description = "The configured name of the issuer; needed where several are trusted.", HelpName = "NAME" };
    private readonly Option<string?> _jti = new("--jti") { Description = "The one token with this jti.", HelpName = "J" };
    private readonly Option<string?> _sub = new("--sub") { Description = "The tokens of this subject, as far as they are issued before now and the clock skew, or --issued-before.", HelpName = "S" };
    private readonly Option<string?> _kid = new("--kid") { Description = "Every token that this key verifies: its kid or its RFC 7638 thumbprint.", HelpName = "K" };
    private readonly Option<string?> _issuedBefore = new("--issued-before") { Description = "The moment before which the tokens were issued, as 2026-11-22T15:00:00Z. Without --jti, --sub and --kid: all tokens of the issuer.", HelpName = "TIME" };
    private readonly Option<string?> _until = new("--until") { Description = "Until when it is kept; by default until no token that it concerns can live.", HelpName = "TIME" };
    private readonly Option<string?> _reason = new("--reason") { Description = "Why, for people.", HelpName = "TEXT" };
    private readonly Option<bool> _unaudited = UnauditedOption.Create();
    private readonly Option<bool> _json = VerbOptions.Json();

    public static Command Command(SourceOptions sources, ConsoleStreams streams)
    {
        var verb = new RevokeVerb(sources, streams);
        var command = new Command("revoke", "Revokes a token, the tokens of a subject or a key, or all of an issuer, everywhere at once.")
        {
            verb._issuer, verb._jti, verb._sub, verb._kid, verb._issuedBefore, verb._until, verb._reason, verb._unaudited, verb._json,
        };
        command.Validators.Add(result =>
        {
            Option<string?>[] named = [.. new[] { verb._jti, verb._sub, verb._kid }.Where(option => result.GetResult(option) is not null)];
            var isCutoffGiven = result.GetResult(verb._issuedBefore) is not null;
            if (named.Length > 1) result.AddError("Give one of --jti, --sub and --kid.");
            if (named.Length == 0 && !isCutoffGiven) result.AddError("Give --jti, --sub or --kid, or --issued-before for all tokens of the issuer.");
            if (isCutoffGiven && named.Length == 1 && named[0] != verb._sub) result.AddError($"--issued-before does not go with {named[0].Name}, which says all.");
            foreach (var option in named)
                if (result.GetValue(option) is not { Length: > 0 } value || Encoding.UTF8.GetByteCount(value) > SealedRecord.MaxValueBytes)
                    result.AddError($"{option.Name} is empty or too long.");
            foreach (var option in (Option<string?>[])[verb._issuedBefore, verb._until])
                if (result.GetValue(option) is { } time && !TryParseTime(time, out _))
                    result.AddError($"{option.Name} is no time as 2026-11-22T15:00:00Z (RFC 3339).");
            if (Encoding.UTF8.GetByteCount(result.GetValue(verb._reason) ?? "") > SealedRecord.MaxReasonBytes) result.AddError($"--reason is longer than {SealedRecord.MaxReasonBytes} bytes.");
        });
        command.SetAction(verb.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var choice = sources.Read(parsed);
        using var loaded = choice.Load(onReloadMistake: null, out var mistakes);
        if (loaded is null) return VerbServices.Mistaken(streams, mistakes, parsed.GetValue(_json));
        if (IssuerName.Choose(parsed.GetValue(_issuer), loaded.Options, streams) is not { } issuer) return ExitCode.Usage;

        await using var services = VerbServices.Of(loaded.Options, choice, streams.Error);
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        if (RecordOf(parsed, issuer, now, out var problem) is not { } record) return await Fail(problem, ExitCode.Usage);
        if (await SharedRevocations.ConnectAsync(services, cancellation) is { } away) return await Fail($"Nothing was revoked. {away}", ExitCode.Refused);
        var audit = services.GetRequiredService<AuditTrail>();
        audit.IsUnauditedAllowed = parsed.GetValue(_unaudited);
        try
        {
            // Before it is done: a revocation that nobody recorded would look like a failure of the gateways.
            await audit.RecordAsync(Told(record, now), cancellation);
            UnauditedOption.Tell(streams, audit);
            var store = services.GetRequiredService<RevocationStore>();
            await store.AppendAsync(RevocationBuckets.EndOf(record.RevokedAt, record.Expires), [services.GetRequiredService<RecordSeal>().Seal(record)]);
        }
        catch (AuditUnavailableException e)
        {
            return await Fail($"Nothing was revoked, because it cannot be recorded: {e.Message}. {UnauditedOption.Name} does it all the same.", ExitCode.Refused);
        }
        catch (RedisAwayException e)
        {
            return await Fail($"Redis: {e.Message}. Whether the revocation was stored is not known; revoking once more does no harm.", ExitCode.Refused);
        }

        if (parsed.GetValue(_json))
        {
            streams.Output.WriteLine(JsonText.Of(writer =>
            {
                writer.WriteStartObject();
                writer.WriteBoolean("revoked", true);
                WrittenRevocation.WriteMembers(writer, record, loaded.Options);
                writer.WriteEndObject();
            }));
            return ExitCode.Good;
        }

        streams.Output.WriteLine($"Revoked: {Visible.Line(WrittenRevocation.Whom(record))}");
        Line("Issuer", $"{issuer.Name} ({issuer.Issuer})");
        Line("Kept until", WrittenTime.Of(DateTimeOffset.FromUnixTimeSeconds(record.Expires), now));
        if (record.Reason.Length > 0) Line("Reason", record.Reason);
        return ExitCode.Good;

        void Line(string name, string value) => streams.Output.WriteLine($"  {name + ":",-11} {Visible.Line(value)}");
    }

    private static AuditRecord Told(RevocationRecord record, DateTimeOffset now) => new()
    {
        Event = AuditEvent.TokensRevoked,
        Time = now,
        Actor = "operator",
        Issuer = record.Issuer,
        KeyId = record.Kind == RevocationKind.Key ? record.Value : null,
        TokenId = record.Kind == RevocationKind.TokenId ? record.Value : null,
        Subject = record.Kind == RevocationKind.Subject ? record.Value : null,
        Reason = record.Reason.Length == 0 ? null : record.Reason,
        Expires = DateTimeOffset.FromUnixTimeSeconds(record.Expires),
        Detail = WrittenRevocation.Whom(record),
    };

    private RevocationRecord? RecordOf(ParseResult parsed, TrustedIssuerOptions issuer, DateTimeOffset now, out string problem)
    {
        var (kind, value) = (parsed.GetValue(_jti), parsed.GetValue(_sub), parsed.GetValue(_kid)) switch
        {
            ({ } jti, _, _) => (RevocationKind.TokenId, jti),
            (_, { } sub, _) => (RevocationKind.Subject, sub),
            (_, _, { } kid) => (RevocationKind.Key, kid),
            _ => (RevocationKind.Issuer, ""),
        };
        problem = "";
        DateTimeOffset? cutoff = null;
        if (kind is RevocationKind.Subject or RevocationKind.Issuer)
            cutoff = parsed.GetValue(_issuedBefore) is { } before && TryParseTime(before, out var given) ? given : now + issuer.ClockSkew;
        var until = parsed.GetValue(_until) is { } end && TryParseTime(end, out var chosen) ? chosen : kind == RevocationKind.Key ? now + KeyRetention : LongestLife(issuer, cutoff, now);
        if (until <= now.AddSeconds(1)) problem = "--until is not in the future.";
        else if (until > Latest || cutoff > Latest) problem = "A time after the year 2099 is not taken.";
        if (problem.Length > 0) return null;
        return new RevocationRecord
        {
            Kind = kind,
            Issuer = issuer.Issuer,
            Value = value,
            IssuedBefore = cutoff is { } at ? Seconds(at) : RevocationRecord.AnyIssuedAt,
            Expires = Seconds(until),
            RevokedAt = (uint)now.ToUnixTimeSeconds(),
            Reason = parsed.GetValue(_reason) ?? "",
        };
    }

    /// <summary>When the last token that was issued before the cutoff, or now, has expired at every replica.</summary>
    private static DateTimeOffset LongestLife(TrustedIssuerOptions issuer, DateTimeOffset? cutoff, DateTimeOffset now) =>
        (cutoff > now ? cutoff.Value : now) + issuer.MaxLifetime + (2 * issuer.ClockSkew) + Margin;

    // Up: a token of the same second is issued before what comes later in it.
    private static uint Seconds(DateTimeOffset time) => (uint)((time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond);

    /// <summary>RFC 3339, with the offset that it asks for.</summary>
    private static bool TryParseTime(string text, out DateTimeOffset time) =>
        DateTimeOffset.TryParseExact(
            text.ToUpperInvariant(),
            ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"],
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out time)
        && (text[^1] is 'Z' or 'z' || text[^6] is '+' or '-')
        && time >= DateTimeOffset.UnixEpoch;

    private async Task<int> Fail(string problem, int code)
    {
        await streams.Error.WriteLineAsync(Visible.Line(problem));
        return code;
    }
}

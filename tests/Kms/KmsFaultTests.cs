using System.Text.Json.Nodes;
using Sallyport.Gateway.Keys;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Kms;

/// <summary>AWS KMS in trouble, or hostile: nothing wrong leaves, what is told is told, and it goes on by itself when that is over.</summary>
public sealed class KmsFaultTests
{
    private readonly FakeClock _clock = new();

    public static TheoryData<string, int, string> Errors => new()
    {
        { "ThrottlingException", 400, "ThrottlingException" },
        { "LimitExceededException", 400, "LimitExceededException" },
        { "KMSInternalException", 500, "KMSInternalException" },
        { "ServiceUnavailableException", 503, "ServiceUnavailableException" },
        { "KeyUnavailableException", 500, "KeyUnavailableException" },
        { "Nobody<b>knows", 400, "an error without a name" },
    };

    [Theory]
    [MemberData(nameof(Errors))]
    public async Task A_refusal_that_may_pass_is_a_signature_that_failed_and_the_next_one_does_not(string code, int status, string told)
    {
        await using var kms = await KmsServer.StartAsync();
        await using var process = KmsProcess.Of(kms, new MemoryKeyStore(_clock), new KmsPlan { Clock = _clock });
        await process.StepAsync();

        kms.Interfere = request => request.Operation == "Sign" ? KmsAnswer.Error(code, status) : null;
        Assert.Contains(told, await process.DoesNotSignAsync(), StringComparison.Ordinal);
        // Once more, and no more than that.
        Assert.InRange(kms.Count("Sign"), 1, 2);

        kms.Interfere = null;
        await process.SignsAsync();
        await process.StepAsync();
        Assert.Null(process.Ring.Problem);
    }

    public static TheoryData<string> Garbage => new()
    {
        "", "{}", "[]", "null", "<html></html>", "{\"Signature\":", "{\"Signature\":17}", "{\"Signature\":\"***\"}", "{\"Signature\":\"\"}", "{\"Signature\":\"AAAA\"}",
        "{\"Signature\":\"MAYCAQECAQE=\"}", "{\"Signature\":\"MIAAAA==\"}", "{\"Signature\":\"MAYCAQACAQE=\"}", "{\"Signature\":\"MAYCAf8CAQE=\"}",
        new string('[', 10_000), "{\"Signature\":\"" + new string('A', 70_000) + "\"}",
    };

    [Theory]
    [MemberData(nameof(Garbage))]
    public async Task An_answer_that_is_no_signature_never_leaves(string body)
    {
        await using var kms = await KmsServer.StartAsync();
        await using var process = KmsProcess.Of(kms, new MemoryKeyStore(_clock), new KmsPlan { Clock = _clock });
        await process.StepAsync();

        kms.Interfere = request => request.Operation == "Sign" ? new KmsAnswer(200, body) : null;
        Assert.Contains("AWS KMS", await process.DoesNotSignAsync(), StringComparison.Ordinal);

        kms.Interfere = null;
        await process.SignsAsync();
    }

    [Fact]
    public async Task A_signature_of_another_key_never_leaves()
    {
        await using var kms = await KmsServer.StartAsync();
        await using var process = KmsProcess.Of(kms, new MemoryKeyStore(_clock), new KmsPlan { Clock = _clock });
        await process.StepAsync();
        var key = kms.Keys.Single();

        key.Impostor = kms.Add("ECC_NIST_P256");
        Assert.Contains("no signature of the key", await process.DoesNotSignAsync(), StringComparison.Ordinal);
        // And it is looked at what KMS says of the key by now.
        var before = kms.Count("GetPublicKey");
        await process.StepAsync();
        Assert.Equal(before + 1, kms.Count("GetPublicKey"));

        key.Impostor = null;
        await process.SignsAsync();
    }

    [Fact]
    public async Task An_endless_answer_is_not_read_to_its_end()
    {
        await using var kms = await KmsServer.StartAsync();
        kms.Interfere = request => request.Operation == "DescribeKey" ? new KmsAnswer(200, "{\"KeyMetadata\":{\"Arn\":\"" + new string('a', 10_000_000) + "\"}}") : null;
        var store = new MemoryKeyStore(_clock);
        await using var process = KmsProcess.Of(kms, store, new KmsPlan { Clock = _clock });
        await process.StepAsync();

        Assert.Null(process.Ring.Active);
        Assert.Contains("cannot be opened", process.Ring.Problem, StringComparison.Ordinal);
        kms.Interfere = null;
        await process.StepAsync();
        await process.SignsAsync();
    }

    [Fact]
    public async Task A_KMS_that_does_not_answer_is_waited_for_no_longer_than_the_timeout()
    {
        await using var kms = await KmsServer.StartAsync();
        await using var process = KmsProcess.Of(kms, new MemoryKeyStore(_clock), new KmsPlan { Clock = _clock, Timeout = TimeSpan.FromSeconds(1) });
        // The first call of a process makes its client.
        await Poll.Until(
            async () =>
            {
                await process.StepAsync();
                return process.Keys.Current?.Active is not null;
            },
            TimeSpan.FromSeconds(30));

        kms.Interfere = request => request.Operation == "Sign" ? KmsAnswer.Error("KMSInternalException", 500) with { Delay = TimeSpan.FromMinutes(10) } : null;
        Assert.Contains("did not answer Sign in time", await process.DoesNotSignAsync(), StringComparison.Ordinal);
        // Whoever comes after some that waited in vain is told at once.
        await process.DoesNotSignAsync();
        await process.DoesNotSignAsync();
        var asked = kms.Requests.Count;
        Assert.Contains("a moment ago", await process.DoesNotSignAsync(), StringComparison.Ordinal);
        Assert.Equal(asked, kms.Requests.Count);

        kms.Interfere = null;
        await Poll.Until(async () =>
        {
            try
            {
                await process.SignsAsync();
                return true;
            }
            catch (SigningFailedException)
            {
                return false;
            }
        });
    }

    [Fact]
    public async Task No_more_than_fifty_signatures_are_asked_for_at_once_and_the_rest_is_refused_at_once()
    {
        await using var kms = await KmsServer.StartAsync();
        await using var process = KmsProcess.Of(kms, new MemoryKeyStore(_clock), new KmsPlan { Clock = _clock });
        await process.StepAsync();
        var asked = 0;
        kms.Interfere = request =>
        {
            if (request.Operation == "Sign") Interlocked.Increment(ref asked);
            return request.Operation == "Sign" ? KmsAnswer.Error("KMSInternalException", 500) with { Delay = TimeSpan.FromMinutes(1) } : null;
        };
        using var over = new CancellationTokenSource();
        var first = Enumerable.Range(0, KmsCalls.MostSignatures).Select(_ => process.Signer.SignAsync("a.b"u8.ToArray(), over.Token).AsTask()).ToArray();
        await Poll.Until(() => Volatile.Read(ref asked) == KmsCalls.MostSignatures, TimeSpan.FromSeconds(30));

        Assert.Contains("at once already", await process.DoesNotSignAsync(), StringComparison.Ordinal);
        Assert.Equal(KmsCalls.MostSignatures, Volatile.Read(ref asked));

        // Whoever has gone takes no place.
        kms.Interfere = null;
        await over.CancelAsync();
        foreach (var gone in first) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        await process.SignsAsync();
    }

    [Theory]
    [InlineData("Disabled", "disabled")]
    [InlineData("PendingDeletion", "about to be deleted")]
    [InlineData("Unavailable", "cannot sign in")]
    [InlineData("", "NotFoundException")]
    public async Task A_key_that_cannot_sign_any_more_is_known_within_the_freshness_window_and_the_next_one_takes_over(string state, string told)
    {
        await using var kms = await KmsServer.StartAsync();
        var plan = new KmsPlan { Clock = _clock, Freshness = TimeSpan.FromMinutes(5) };
        await using var process = KmsProcess.Of(kms, new MemoryKeyStore(_clock), plan);
        await process.StepAsync();
        var (key, lost) = (kms.Keys.Single(), process.Signer.KeyId);

        // Fresh: KMS is not asked.
        var asked = kms.Requests.Count;
        _clock.Advance(TimeSpan.FromMinutes(4));
        await process.StepAsync();
        Assert.Equal(asked, kms.Requests.Count);

        if (state.Length == 0) kms.Remove(key);
        else key.State = state;
        _clock.Advance(TimeSpan.FromMinutes(1));
        await process.StepAsync();
        Assert.Null(process.Ring.Active);
        Assert.Contains(lost, process.Ring.Problem, StringComparison.Ordinal);
        Assert.Contains(told, process.Ring.Problem, StringComparison.Ordinal);
        // Its tokens are believed all the same.
        Assert.Equal([lost], process.Ring.Published.Keys.Select(published => published.KeyId!));

        string? next = null;
        await process.OperateAsync(async draft =>
        {
            (var problem, next) = await RingCommands.PrepareAsync(draft, Gateway.Tokens.Algorithm.Find("ES256")!, process.Options, default);
            return problem;
        });
        await process.OperateAsync(draft => ValueTask.FromResult(RingCommands.Activate(draft, next!, process.Options, isEmergency: true)));
        await process.StepAsync();
        Assert.Equal(next, process.Signer.KeyId);
        Assert.Null(process.Ring.Problem);
        await process.SignsAsync();
    }

    [Fact]
    public async Task A_key_that_was_disabled_is_known_at_the_first_signature_and_signs_again_once_it_is_enabled()
    {
        await using var kms = await KmsServer.StartAsync();
        await using var process = KmsProcess.Of(kms, new MemoryKeyStore(_clock), new KmsPlan { Clock = _clock });
        await process.StepAsync();
        kms.Keys.Single().State = "Disabled";

        Assert.Contains("DisabledException", await process.DoesNotSignAsync(), StringComparison.Ordinal);
        var asked = kms.Count("Sign");
        await process.DoesNotSignAsync();
        Assert.Equal(asked, kms.Count("Sign"));
        await process.StepAsync();
        Assert.Null(process.Ring.Active);
        Assert.Contains("disabled", process.Ring.Problem, StringComparison.Ordinal);

        kms.Keys.Single().State = "Enabled";
        await process.StepAsync();
        Assert.Null(process.Ring.Problem);
        await process.SignsAsync();
    }

    [Fact]
    public async Task A_key_whose_public_half_is_another_by_now_signs_no_more()
    {
        await using var kms = await KmsServer.StartAsync();
        await using var process = KmsProcess.Of(kms, new MemoryKeyStore(_clock), new KmsPlan { Clock = _clock });
        await process.StepAsync();
        var other = kms.Add("ECC_NIST_P256");
        var signer = process.Signer;
        kms.Interfere = request => request.Operation == "GetPublicKey" ? KmsAnswer.Of(new JsonObject { ["KeyId"] = other.Arn, ["PublicKey"] = Convert.ToBase64String(other.PublicKey) }) : null;

        _clock.Advance(TimeSpan.FromMinutes(5));
        await process.StepAsync();

        Assert.Null(process.Ring.Active);
        Assert.Contains("another key than the ring's", process.Ring.Problem, StringComparison.Ordinal);
        // Nor for whoever still has it in hand.
        var asked = kms.Count("Sign");
        await Assert.ThrowsAsync<SigningFailedException>(async () => await signer.SignAsync("a.b"u8.ToArray(), default));
        Assert.Equal(asked, kms.Count("Sign"));

        kms.Interfere = null;
        await process.StepAsync();
        await process.SignsAsync();
    }

    [Fact]
    public async Task While_nobody_can_say_whether_a_key_can_sign_it_is_tried_and_told()
    {
        await using var kms = await KmsServer.StartAsync();
        await using var process = KmsProcess.Of(kms, new MemoryKeyStore(_clock), new KmsPlan { Clock = _clock });
        await process.StepAsync();
        kms.Interfere = request => request.Operation == "DescribeKey" ? KmsAnswer.Error("KMSInternalException", 500) : null;

        _clock.Advance(TimeSpan.FromMinutes(10));
        await process.StepAsync();

        Assert.Contains("could not be looked after", process.Ring.Problem, StringComparison.Ordinal);
        await process.SignsAsync();
        kms.Interfere = null;
        await process.StepAsync();
        Assert.Null(process.Ring.Problem);
    }

    [Fact]
    public async Task Without_the_right_to_it_nothing_is_made_and_what_is_told_names_no_credentials()
    {
        await using var kms = await KmsServer.StartAsync();
        await using var process = KmsProcess.Of(kms, new MemoryKeyStore(_clock), new KmsPlan { Clock = _clock, HasCredentials = false });

        await process.StepAsync();

        Assert.Contains("UnrecognizedClientException", process.Ring.Problem, StringComparison.Ordinal);
        Assert.Empty(kms.Requests);
        Assert.NotEmpty(kms.Refused);
        Assert.DoesNotContain("AKID", process.Logs.Everything + process.Ring.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CreateAlias", "AccessDeniedException")]
    [InlineData("CreateAlias", "LimitExceededException")]
    [InlineData("CreateAlias", "KMSInternalException")]
    [InlineData("GetPublicKey", "ThrottlingException")]
    public async Task A_key_that_came_no_further_than_KMS_is_gone_on_with_and_found_by_its_tag(string operation, string code)
    {
        await using var kms = await KmsServer.StartAsync();
        await using var process = KmsProcess.Of(kms, new MemoryKeyStore(_clock), new KmsPlan { Clock = _clock });
        kms.Interfere = request => request.Operation == operation ? KmsAnswer.Error(code) : null;

        // However often it is tried: keys are paid for.
        for (var i = 0; i < 5; i++) await process.StepAsync();

        Assert.Null(process.Keys.Current?.Active);
        Assert.Contains("no new key could be made in AWS KMS", process.Ring.Problem, StringComparison.Ordinal);
        Assert.Equal("https://gateway.example.com", Assert.Single(kms.Keys).Tags["sallyport-issuer"]);

        kms.Interfere = null;
        await Poll.Until(
            async () =>
            {
                await process.StepAsync();
                return process.Ring.Active is not null;
            });
        await process.SignsAsync();
        Assert.Single(kms.Keys);
        Assert.Single(kms.Aliases);
    }

    [Fact]
    public async Task An_alias_that_was_made_without_a_word_of_it_is_no_obstacle()
    {
        await using var kms = await KmsServer.StartAsync();
        await using var process = KmsProcess.Of(kms, new MemoryKeyStore(_clock), new KmsPlan { Clock = _clock });
        kms.Interfere = request =>
        {
            if (request.Operation != "CreateAlias") return null;
            kms.Aliases[(string)request.Body["AliasName"]!] = kms.Keys.Single().Id;
            kms.Interfere = null;
            return KmsAnswer.Error("KMSInternalException", 500);
        };

        await process.StepAsync();

        await process.SignsAsync();
        Assert.Single(kms.Keys);
    }

    [Fact]
    public async Task An_alias_that_is_another_keys_is_not_taken_and_another_key_is_made()
    {
        await using var kms = await KmsServer.StartAsync();
        await using var process = KmsProcess.Of(kms, new MemoryKeyStore(_clock), new KmsPlan { Clock = _clock });
        var squatter = kms.Add("ECC_NIST_P256");
        kms.Interfere = request =>
        {
            if (request.Operation == "CreateAlias") kms.Aliases[(string)request.Body["AliasName"]!] = squatter.Id;
            return null;
        };

        await process.StepAsync();
        Assert.Contains("another key's", process.Ring.Problem, StringComparison.Ordinal);

        kms.Interfere = null;
        await process.StepAsync();
        await process.SignsAsync();
        Assert.Equal(3, kms.Keys.Count);
    }

    [Fact]
    public async Task A_key_that_this_process_may_not_sign_with_is_told_before_anybody_asks_for_a_token()
    {
        await using var kms = await KmsServer.StartAsync();
        await using var process = KmsProcess.Of(kms, new MemoryKeyStore(_clock), new KmsPlan { Clock = _clock });
        kms.Interfere = request => request.Operation.StartsWith("Sign", StringComparison.Ordinal) ? KmsAnswer.Error("AccessDeniedException") : null;

        for (var i = 0; i < 3; i++)
        {
            await process.StepAsync();
            Assert.Null(process.Ring.Active);
            Assert.Contains("AWS KMS refused SignDryRun: AccessDeniedException", process.Ring.Problem, StringComparison.Ordinal);
        }

        kms.Interfere = null;
        await process.StepAsync();
        await process.SignsAsync();
        Assert.Single(kms.Keys);
    }

    [Fact]
    public async Task A_key_that_is_gone_before_it_was_finished_is_told_and_another_is_made()
    {
        await using var kms = await KmsServer.StartAsync();
        await using var process = KmsProcess.Of(kms, new MemoryKeyStore(_clock), new KmsPlan { Clock = _clock });
        kms.Interfere = request => request.Operation == "CreateAlias" ? KmsAnswer.Error("AccessDeniedException") : null;
        await process.StepAsync();
        var lost = kms.Keys.Single();

        lost.State = "PendingDeletion";
        await process.StepAsync();
        Assert.Contains(process.Logs.Entries, entry => entry.Message.Contains(lost.Arn, StringComparison.Ordinal));
        kms.Interfere = null;
        await process.StepAsync();
        await process.SignsAsync();
        Assert.Equal(2, kms.Keys.Count);
    }

    [Theory]
    [InlineData("KMSInternalException", 500)]
    [InlineData("", 200)]
    public async Task A_key_is_asked_for_once_and_after_an_answer_that_says_nothing_not_again_at_once(string code, int status)
    {
        await using var kms = await KmsServer.StartAsync();
        await using var process = KmsProcess.Of(kms, new MemoryKeyStore(_clock), new KmsPlan { Clock = _clock });
        kms.Interfere = request => request.Operation == "CreateKey" ? (status == 200 ? new KmsAnswer(200, "{}") : KmsAnswer.Error(code, status)) : null;

        for (var i = 0; i < 5; i++) await process.StepAsync();
        Assert.Equal(1, kms.Count("CreateKey"));

        kms.Interfere = null;
        _clock.Advance(TimeSpan.FromSeconds(31));
        await process.StepAsync();
        await process.SignsAsync();
        Assert.Equal(2, kms.Count("CreateKey"));
    }

    [Fact]
    [Trait("Acceptance", "C8")]
    public async Task However_slow_KMS_is_a_revoked_key_is_not_believed_for_as_long()
    {
        await using var kms = await KmsServer.StartAsync();
        var store = new MemoryKeyStore(_clock);
        await using var operated = KmsProcess.Of(kms, store, new KmsPlan { Clock = _clock });
        await using var process = KmsProcess.Of(kms, store, new KmsPlan { Clock = _clock });
        await operated.StepAsync();
        var first = operated.Signer.KeyId;
        var es256 = Gateway.Tokens.Algorithm.Find("ES256")!;
        await operated.OperateAsync(async draft =>
        {
            draft.Activate(await draft.PrepareAsync(es256, draft.Now, isByOperator: true, default), isEmergency: true);
            return null;
        });
        await process.StepAsync();
        Assert.Contains(process.Ring.Published.Keys, key => key.KeyId == first);

        await operated.OperateAsync(async draft =>
        {
            draft.Revoke(first, "stolen");
            await draft.PrepareAsync(es256, draft.Now + TimeSpan.FromHours(1), isByOperator: true, default);
            return null;
        });
        kms.Interfere = request => request.Operation == "DescribeKey" ? KmsAnswer.Error("KMSInternalException", 500) with { Delay = TimeSpan.FromMinutes(5) } : null;
        using var enough = new CancellationTokenSource();
        var step = process.StepAsync(enough.Token);
        await Poll.Until(() => process.Ring.Published.Keys.All(key => key.KeyId != first));

        Assert.False(step.IsCompleted);
        await process.SignsAsync();
        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => step);
    }

    [Fact]
    public async Task A_successor_that_cannot_be_made_is_told_while_the_key_goes_on_signing()
    {
        await using var kms = await KmsServer.StartAsync();
        await using var process = KmsProcess.Of(kms, new MemoryKeyStore(_clock), new KmsPlan { Clock = _clock });
        await process.StepAsync();
        kms.Interfere = request => request.Operation == "CreateKey" ? KmsAnswer.Error("AccessDeniedException") : null;

        _clock.Advance(TimeSpan.FromHours(13));
        for (var i = 0; i < 3; i++)
        {
            await process.StepAsync();
            Assert.Contains("no new key could be made in AWS KMS", process.Ring.Problem, StringComparison.Ordinal);
            // The ring was read: who asks for it is answered.
            Assert.Null(process.Replica.Problem);
        }

        Assert.Single(process.Logs.Entries, entry => entry.Message.Contains("no new key could be made", StringComparison.Ordinal));
        await process.SignsAsync();
        kms.Interfere = null;
        await process.StepAsync();
        Assert.Null(process.Ring.Problem);
        Assert.Equal(2, process.Ring.Published.Keys.Count);
    }
}

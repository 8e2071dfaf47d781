using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Sallyport.Tests.Fleet;
using Sallyport.Tests.Ring;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Kms;

/// <summary>Two gateways, each a process of its own, whose ring lies in Redis and whose private keys are in one AWS KMS. Credentials by the environment.</summary>
[Collection(Fleets.Name)]
public sealed class KmsFleetTests : IAsyncLifetime
{
    private KmsServer _kms = null!;
    private LoopbackServer _metadata = null!;
    private int _metadataRequests;

    public async Task InitializeAsync()
    {
        _kms = await KmsServer.StartAsync();
        _metadata = await LoopbackServer.StartAsync(context =>
        {
            Interlocked.Increment(ref _metadataRequests);
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
    }

    public async Task DisposeAsync()
    {
        // With credentials at hand nobody asks the machine for others, and whoever asks KMS has the right ones.
        Assert.Equal(0, Volatile.Read(ref _metadataRequests));
        Assert.Empty(_kms.Refused);
        await _metadata.DisposeAsync();
        await _kms.DisposeAsync();
    }

    [Fact]
    [Trait("Acceptance", "C1")]
    [Trait("Acceptance", "C2")]
    public async Task Through_three_rotations_two_replicas_have_one_key_made_for_each_and_a_restart_makes_none()
    {
        const int Life = 12;
        await using var fleet = await StartAsync(IssuingFleet.Quick(Life));
        var signed = new List<string>();
        await Poll.Until(
            async () =>
            {
                foreach (var replica in fleet.Replicas)
                {
                    var token = await fleet.Token(replica);
                    if (!signed.Contains(IssuingFleet.KidOf(token), StringComparer.Ordinal)) signed.Add(IssuingFleet.KidOf(token));
                    Assert.InRange((await IssuingFleet.PublishedBy(replica)).Count, 1, 3);
                    await fleet.Replicas[1 - replica.Number].Accepts(token, "/own/1");
                }

                return signed.Count > 3;
            },
            TimeSpan.FromSeconds(5 * Life),
            "four keys have signed");

        // One for each that signed, and perhaps the next one. Nothing is ever disabled or deleted.
        Assert.InRange(_kms.Count("CreateKey"), signed.Count, signed.Count + 1);
        Assert.Equal(_kms.Count("CreateKey"), _kms.Keys.Count);
        Assert.All(signed, kid => Assert.Equal("Enabled", _kms.Aliased("alias/fleet/" + kid).State));
        Assert.DoesNotContain(KmsServer.AccessKey, fleet.Gateways.Story(), StringComparison.Ordinal);
        Assert.DoesNotContain(KmsServer.SecretKey, fleet.Gateways.Story(), StringComparison.Ordinal);
        Assert.Equal(["CreateAlias", "CreateKey", "DescribeKey", "GetPublicKey", "Sign", "SignDryRun"], _kms.Requests.Select(request => request.Operation).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
    }

    [Fact]
    [Trait("Acceptance", "C7")]
    [Trait("Acceptance", "C11")]
    public async Task A_crash_loop_has_no_key_made_and_while_KMS_is_in_trouble_there_are_no_tokens_and_the_old_ones_are_good()
    {
        await using var fleet = await StartAsync(issuer => issuer["Keys"]!["Poll"] = "00:00:00.250");
        var (steady, crashing) = (fleet.Replicas[0], fleet.Replicas[1]);
        var token = await fleet.Token(steady);
        for (var crash = 0; crash < 3; crash++)
        {
            await crashing.Restart();
            await crashing.BecomesReady();
        }

        Assert.Equal(IssuingFleet.KidOf(token), IssuingFleet.KidOf(await fleet.Token(crashing)));
        Assert.Equal(1, _kms.Count("CreateKey"));

        _kms.Interfere = request => request.Operation == "Sign" ? KmsAnswer.Error("ThrottlingException") : null;
        using (var refused = await Ask(fleet, steady))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.NotNull(refused.Headers.RetryAfter);
            Assert.Contains("temporarily_unavailable", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        await steady.Accepts(token, "/own/1");
        _kms.Interfere = null;
        await fleet.Token(steady);

        // KMS is gone: health tells within the window, and forgets by itself.
        await _kms.Stop();
        await steady.Becomes(health => health.Status == "Degraded" && health.Mentions("AWS KMS"), "the loss of KMS is told");
        using (var refused = await Ask(fleet, steady)) Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        await steady.Accepts(token, "/own/1");
        await _kms.StartAgain();
        await steady.BecomesReady();
        await fleet.Token(steady);
    }

    [Fact]
    public async Task When_the_key_is_disabled_there_are_no_tokens_until_an_operator_activates_another()
    {
        await using var fleet = await StartAsync(issuer => issuer["Keys"]!["Poll"] = "00:00:00.250");
        var token = await fleet.Token(fleet.Replicas[0]);
        _kms.Keys.Single().State = "PendingDeletion";
        foreach (var replica in fleet.Replicas)
            await replica.Becomes(health => health.Code == 503 && health.Mentions("about to be deleted"), "the lost key is told");
        using (var refused = await Ask(fleet, fleet.Replicas[0])) Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);

        var prepared = await fleet.Gateways.Verb("keys", "prepare", "--json");
        Assert.True(prepared.ExitCode == 0, prepared.ToString());
        var next = (string)JsonNode.Parse(prepared.Output)!["kid"]!;
        var activated = await fleet.Gateways.Verb("keys", "activate", next, "--emergency");
        Assert.True(activated.ExitCode == 0, activated.ToString());

        foreach (var replica in fleet.Replicas)
        {
            await replica.BecomesReady();
            Assert.Equal(next, IssuingFleet.KidOf(await fleet.Token(replica)));
            // The tokens of the lost key are good to their end.
            await replica.Accepts(token, "/own/1");
        }
    }

    private async Task<IssuingFleet> StartAsync(Action<JsonObject> edit)
    {
        var environment = new Dictionary<string, string>(KmsServer.Environment) { ["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = _metadata.Url };
        var fleet = await IssuingFleet.PrepareAsync(
            2,
            issuer =>
            {
                issuer["Keys"]!["Store"] = "AwsKms";
                issuer["Keys"]!["AwsKms"] = new JsonObject
                {
                    ["Region"] = KmsServer.Region,
                    ["Endpoint"] = _kms.Url,
                    ["Alias"] = "alias/fleet/{kid}",
                    ["Freshness"] = "00:00:01",
                    ["Timeout"] = "00:00:04",
                };
                edit(issuer);
            },
            environment: environment);
        try
        {
            await fleet.Gateways.Start();
            await fleet.Gateways.BecomesReady();
            return fleet;
        }
        catch
        {
            await fleet.DisposeAsync();
            throw;
        }
    }

    private static Task<HttpResponseMessage> Ask(IssuingFleet fleet, Replica replica) => replica.Client.SendAsync(fleet.TokenRequest());
}

using System.Net;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Sallyport.Gateway.Identity;
using Sallyport.Gateway.Identity.Workload;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Identity;

/// <summary>Identities from a Workload API that rotates, refuses, breaks and lies.</summary>
public sealed class WorkloadApiTests
{
    private readonly SpiffeCa _ca = new();

    [Fact]
    public async Task The_first_answer_gives_the_identity()
    {
        var svid = _ca.Under().Issue("/gateway");
        await using var server = await WorkloadApiServer.StartAsync(_ca, svid);
        await using var feed = RunningFeed.Of(server);
        await feed.Takes(svid);
        Assert.Equal("spiffe://example.org/gateway", feed.Id);
        Assert.Equal(2, feed.Own.Current!.Svid.Chain.Count);
        Assert.Null(feed.Own.Problem);

        var call = Assert.Single(server.Calls);
        Assert.Equal("true", call["workload.spiffe.io"]);
        Assert.Equal("trailers", call.TE);
        Assert.Equal("application/grpc", call.ContentType);
        Assert.True(feed.Logs.Has(LogLevel.Information, "spiffe://example.org/gateway until"));
        Assert.DoesNotContain(Convert.ToBase64String(svid.Key)[..40], feed.Logs.Everything, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_update_on_the_stream_is_taken()
    {
        var first = _ca.Issue();
        await using var server = await WorkloadApiServer.StartAsync(_ca, first);
        await using var feed = RunningFeed.Of(server);
        await feed.Takes(first);
        for (var i = 0; i < 5; i++)
        {
            var next = _ca.Issue();
            server.Publish(_ca, next);
            await feed.Takes(next);
        }

        Assert.Single(server.Calls);
        Assert.Equal(6, feed.Changes);
    }

    [Fact]
    public async Task A_root_that_is_added_shows_without_a_new_svid()
    {
        var (svid, next) = (_ca.Issue(), new SpiffeCa());
        await using var server = await WorkloadApiServer.StartAsync(_ca, svid);
        await using var feed = RunningFeed.Of(server);
        await feed.Takes(svid);
        var both = WorkloadApiServer.Response(_ca, svid);
        both.Svids[0].Bundle = ByteString.CopyFrom([.. _ca.Certificate, .. next.Certificate]);
        server.Publish(both);
        await Poll.Until(() => feed.Own.Current!.Bundles.Find(feed.Own.Current.Svid.Id.TrustDomain)!.Certificates.Count == 2);

        // The authority changes over: the same message has the new SVID and both roots, then only the new root.
        var moved = next.Issue();
        server.Publish(next, moved);
        await feed.Takes(moved);
        Assert.True(feed.Own.Current!.Bundles.Find(feed.Own.Current.Svid.Id.TrustDomain)!.Holds(next.Certificate));
        Assert.False(feed.Own.Current!.Bundles.Find(feed.Own.Current.Svid.Id.TrustDomain)!.Holds(_ca.Certificate));
    }

    [Fact]
    public async Task What_is_there_already_is_no_change()
    {
        var svid = _ca.Issue();
        await using var server = await WorkloadApiServer.StartAsync(_ca, svid);
        await using var feed = RunningFeed.Of(server);
        await feed.Takes(svid);
        server.DoNow(WorkloadStep.End(0));
        await Poll.Until(() => server.Calls.Count >= 3 || (server.Calls.Count == 2 && server.Streams == 1));
        server.Publish(_ca, svid);
        server.Publish(_ca, _ca.Issue("/last"));
        await Poll.Until(() => feed.Id == "spiffe://example.org/last");
        Assert.Equal(2, feed.Changes);
    }

    [Fact]
    public async Task Of_several_identities_the_first_is_taken_or_the_one_that_is_wanted()
    {
        var (one, two) = (_ca.Issue("/one"), _ca.Issue("/two"));
        await using var server = await WorkloadApiServer.StartAsync(_ca, one, two);
        await using var any = RunningFeed.Of(server);
        await using var second = RunningFeed.Of(server, "spiffe://example.org/two");
        await using var nobody = RunningFeed.Of(server, "spiffe://example.org/three");
        await any.Takes(one);
        await second.Takes(two);
        await nobody.Tells("spiffe://example.org/three is not among its 2 identities");
        Assert.Null(nobody.Own.Current);
    }

    [Fact]
    public async Task Federated_bundles_are_kept_apart()
    {
        var (svid, partner) = (_ca.Issue(), new SpiffeCa("partner.example"));
        var response = WorkloadApiServer.Response(_ca, svid);
        response.FederatedBundles["spiffe://partner.example"] = ByteString.CopyFrom(partner.Certificate);
        response.FederatedBundles["spiffe://only-jwt.example"] = ByteString.Empty;
        await using var server = await WorkloadApiServer.StartAsync();
        server.Publish(response);
        await using var feed = RunningFeed.Of(server);
        await feed.Takes(svid);
        var bundles = feed.Own.Current!.Bundles;
        Assert.Equal(["example.org", "partner.example"], bundles.TrustDomains.Select(domain => domain.Name).Order());
        Assert.Null(SvidCheck.Check(partner.Issue("/x").Chain, bundles, DateTimeOffset.UtcNow, out _));
        Assert.NotNull(SvidCheck.Check(partner.Issue("spiffe://example.org/gateway").Chain, bundles, DateTimeOffset.UtcNow, out _));
        Assert.NotNull(SvidCheck.Check(_ca.Issue("spiffe://partner.example/x").Chain, bundles, DateTimeOffset.UtcNow, out _));

        // What a later message leaves out is gone (SPIFFE Workload API, section 4.4).
        server.Publish(_ca, svid);
        await Poll.Until(() => feed.Own.Current!.Bundles.Count == 1);
    }

    [Fact]
    public async Task Another_trust_domain_cannot_give_us_our_identity()
    {
        var partner = new SpiffeCa("partner.example");
        var forged = partner.Issue("spiffe://example.org/gateway");
        var response = WorkloadApiServer.Response(_ca, forged);
        response.FederatedBundles["spiffe://partner.example"] = ByteString.CopyFrom(partner.Certificate);
        await using var server = await WorkloadApiServer.StartAsync();
        server.Publish(response);
        await using var feed = RunningFeed.Of(server);
        await feed.Tells("no path of signatures");
        Assert.Null(feed.Own.Current);
        var svid = _ca.Issue();
        server.Publish(_ca, svid);
        await feed.Takes(svid);
    }

    [Fact]
    public async Task An_agent_that_comes_later_or_goes_away_for_a_while_is_found_again()
    {
        var (first, second) = (_ca.Issue(), _ca.Issue());
        await using var server = await WorkloadApiServer.StartAsync(_ca, first);
        await server.Stop();
        await using var feed = RunningFeed.Of(server);
        await feed.Tells("cannot be reached");
        Assert.Null(feed.Own.Current);

        await server.StartAgain();
        await feed.Takes(first);
        Assert.Null(feed.Own.Problem);

        await server.Stop();
        await feed.Tells("gives no identity");
        Assert.NotNull(feed.Own.Current);
        server.Publish(_ca, second);
        await server.StartAgain();
        await feed.Takes(second);
        Assert.Null(feed.Own.Problem);
    }

    [Fact]
    public async Task Who_is_not_registered_hears_so_and_is_served_once_it_is()
    {
        await using var server = await WorkloadApiServer.StartAsync();
        await using var feed = RunningFeed.Of(server);
        await feed.Tells("no identity for this process");
        await feed.Tells("PermissionDenied: \"no identity issued\"");
        Assert.Single(feed.Logs.Entries, entry => entry.Level == LogLevel.Warning);

        var svid = _ca.Issue();
        server.Publish(_ca, svid);
        await feed.Takes(svid);

        // Withdrawn: what there is ends by itself, soon.
        server.Refuse(7, "gone");
        await feed.Tells("PermissionDenied: \"gone\"");
        await feed.Takes(svid);
    }

    [Theory]
    [InlineData(3, "does not accept the call")]
    [InlineData(12, "no Workload API")]
    [InlineData(14, "not ready")]
    [InlineData(2, "gRPC status 2")]
    [InlineData(99, "gRPC status 99")]
    public async Task Each_refusal_is_told_in_words(int status, string says)
    {
        await using var server = await WorkloadApiServer.StartAsync();
        server.Refuse(status, "a\r\nmessage of \"its own\"");
        await using var feed = RunningFeed.Of(server);
        await feed.Tells(says);
        await feed.Tells("a??message of ?its own?");
        server.Publish(_ca, _ca.Issue());
        await Poll.Until(() => feed.Own.Current is not null);
    }

    public static TheoryData<string> Garbage => [.. Broken.Keys];

    private static readonly Dictionary<string, (Func<SpiffeCa, IReadOnlyList<WorkloadStep>> Steps, string Says)> Broken = new(StringComparer.Ordinal)
    {
        ["half a prefix"] = (_ => [WorkloadStep.Write([0, 0, 0]), WorkloadStep.End(0)], "breaks off"),
        ["half a message"] = (ca => [WorkloadStep.Write(WorkloadApiServer.Frame(WorkloadApiServer.Response(ca, ca.Issue()))[..^1]), WorkloadStep.End(0)], "breaks off"),
        ["a reset within a message"] = (_ => [WorkloadStep.Write([0, 0, 0, 1, 0, 7]), WorkloadStep.Break], "the connection broke"),
        ["a compressed message"] = (_ => [WorkloadStep.Write([1, 0, 0, 0, 0])], "compressed"),
        ["more than 4 MiB"] = (_ => [WorkloadStep.Write([0, 0, 0x40, 0, 1])], "more than 4 MiB"),
        ["the greatest length"] = (_ => [WorkloadStep.Write([0, 255, 255, 255, 255])], "more than 4 MiB"),
        ["no protobuf"] = (_ => [WorkloadStep.Write(WorkloadApiServer.Frame([0x0a, 0xff, 0xff, 0xff, 0x7f, 1]))], "no X509SVIDResponse"),
        ["noise"] = (_ => [WorkloadStep.Write(WorkloadApiServer.Frame([.. Enumerable.Range(0, 255).Select(i => (byte)(i * 37))]))], "no X509SVIDResponse"),
        ["an empty message"] = (_ => [WorkloadStep.Write(WorkloadApiServer.Frame([]))], "holds no identity"),
        ["an end without any message"] = (_ => [WorkloadStep.End(0)], ""),
        ["a half-closed stream without a status"] = (ca => [WorkloadStep.Write(WorkloadApiServer.Frame(new X509SVIDResponse())), WorkloadStep.End(null)], "holds no identity"),
        ["nothing at all, and no status"] = (_ => [WorkloadStep.End(null)], "without a status"),
        ["no name"] = (ca => Bent(ca, svid => svid.SpiffeId = ""), "no SPIFFE ID"),
        ["another name"] = (ca => Bent(ca, svid => svid.SpiffeId = "spiffe://example.org/other"), "names spiffe://example.org/gateway"),
        ["the name of another trust domain"] = (ca => Bent(ca, svid => svid.SpiffeId = "spiffe://other.example/gateway"), "no trust bundle"),
        ["no certificate"] = (ca => Bent(ca, svid => svid.X509Svid = ByteString.Empty), "there is no certificate"),
        ["half a certificate"] = (ca => Bent(ca, svid => svid.X509Svid = ByteString.CopyFrom(svid.X509Svid.Span[..^1])), "something else"),
        ["PEM"] = (ca => Bent(ca, svid => svid.X509Svid = ByteString.CopyFromUtf8("-----BEGIN CERTIFICATE-----")), "something else"),
        ["too many certificates"] = (ca => Bent(ca, svid => svid.X509Svid = ByteString.CopyFrom([.. Enumerable.Repeat(svid.X509Svid.ToByteArray(), 9).SelectMany(der => der)])), "more than 8"),
        ["no key"] = (ca => Bent(ca, svid => svid.X509SvidKey = ByteString.Empty), "private key"),
        ["the key of another"] = (ca => Bent(ca, svid => svid.X509SvidKey = ByteString.CopyFrom(ca.Issue().Key)), "private key"),
        ["no bundle"] = (ca => Bent(ca, svid => svid.Bundle = ByteString.Empty), "there is no certificate"),
        ["a leaf for a bundle"] = (ca => Bent(ca, svid => svid.Bundle = svid.X509Svid), "(CA)"),
        ["a bundle of another"] = (ca => Bent(ca, svid => svid.Bundle = ByteString.CopyFrom(new SpiffeCa().Certificate)), "no path of signatures"),
        ["an ended SVID"] = (ca => [WorkloadStep.Write(WorkloadApiServer.Frame(WorkloadApiServer.Response(ca, ca.Issue(shape: new SvidShape { Age = TimeSpan.FromHours(1), Life = -TimeSpan.FromMinutes(1) }))))], "ended at"),
        ["a federated bundle without a name"] = (ca => Federated(ca, "", ca.Certificate), "federated"),
        ["a federated bundle of a workload"] = (ca => Federated(ca, "spiffe://partner.example/x", ca.Certificate), "federated"),
        ["a federated bundle of ourselves"] = (ca => Federated(ca, "spiffe://example.org", new SpiffeCa().Certificate), "among those that it federates with"),
        ["a federated bundle of nothing"] = (ca => Federated(ca, "spiffe://partner.example", [0x30, 0x01, 0x00]), "partner.example"),
    };

    [Theory]
    [MemberData(nameof(Garbage))]
    public async Task What_is_broken_is_refused_whole_and_what_was_there_goes_on(string how)
    {
        var (steps, says) = Broken[how];
        var (first, last) = (_ca.Issue(), _ca.Issue());
        await using var server = await WorkloadApiServer.StartAsync(_ca, first);
        await using var feed = RunningFeed.Of(server);
        await feed.Takes(first);

        server.Do(steps(_ca));
        if (says.Length > 0) await feed.Tells(says);
        else await Poll.Until(() => server.Calls.Count > 3);
        await feed.Takes(first);
        Assert.Equal(1, feed.Changes);

        server.Publish(_ca, last);
        await feed.Takes(last);
        await Poll.Until(() => feed.Own.Problem is null);
    }

    [Fact]
    public async Task A_good_message_counts_though_the_stream_ends_without_a_status()
    {
        var (svid, next) = (_ca.Issue(), _ca.Issue());
        await using var server = await WorkloadApiServer.StartAsync();
        server.Do(WorkloadStep.Write(WorkloadApiServer.Frame(WorkloadApiServer.Response(_ca, svid))), WorkloadStep.End(null));
        await using var feed = RunningFeed.Of(server);
        await feed.Takes(svid);
        await feed.Tells("without a status");
        server.Publish(_ca, next);
        await feed.Takes(next);
    }

    [Fact]
    public async Task Frames_come_in_whatever_pieces()
    {
        var (svid, next) = (_ca.Issue(), _ca.Issue());
        byte[] both = [.. WorkloadApiServer.Frame(WorkloadApiServer.Response(_ca, svid)), .. WorkloadApiServer.Frame(WorkloadApiServer.Response(_ca, next))];
        await using var server = await WorkloadApiServer.StartAsync();
        server.Do([.. both.Chunk(3).Select(WorkloadStep.Write)]);
        await using var feed = RunningFeed.Of(server);
        await feed.Takes(next);
        Assert.Equal(2, feed.Changes);
    }

    [Fact]
    public async Task An_agent_that_does_not_answer_is_left_and_asked_again()
    {
        await using var server = await WorkloadApiServer.StartAsync();
        server.Do();
        Assert.True(WorkloadEndpoint.TryParse(server.Address, out var endpoint, out _));
        var client = new WorkloadApiClient(endpoint) { FirstTimeout = TimeSpan.FromMilliseconds(200) };
        var silence = await Assert.ThrowsAsync<WorkloadApiException>(() => client.StreamAsync(_ => { }, default));
        Assert.Contains("does not answer", silence.Message, StringComparison.Ordinal);
        Assert.Equal(WorkloadFault.Away, silence.Fault);
        await Poll.Until(() => server.Streams == 0);

        // The time is for the first message: after it a stream may be silent for hours.
        server.Publish(_ca, _ca.Issue());
        using var stop = new CancellationTokenSource();
        var messages = 0;
        var streaming = client.StreamAsync(_ => Interlocked.Increment(ref messages), stop.Token);
        await Poll.Until(() => messages == 1);
        await Task.Delay(400);
        server.Publish(_ca, _ca.Issue());
        await Poll.Until(() => messages == 2);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => streaming);
    }

    [Fact]
    public void Whatever_a_message_says_it_is_taken_whole_or_refused_in_words()
    {
        var random = new Random(7);
        var svid = _ca.Under().Issue();
        var response = WorkloadApiServer.Response(_ca, svid);
        response.FederatedBundles["spiffe://partner.example"] = ByteString.CopyFrom(new SpiffeCa("partner.example").Certificate);
        var good = response.ToByteArray();
        Assert.True(WorkloadUpdate.TryRead(X509SVIDResponse.Parser.ParseFrom(good), null, DateTimeOffset.UtcNow, out _, out _));
        var refused = 0;
        for (var round = 0; round < 3000; round++)
        {
            var bytes = (byte[])good.Clone();
            for (var i = random.Next(1, 4); i > 0 && bytes.Length > 1; i--)
            {
                var at = random.Next(bytes.Length);
                switch (random.Next(4))
                {
                    case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                    case 1: bytes[at] = (byte)random.Next(256); break;
                    case 2: bytes = bytes[..at]; break;
                    default: bytes = [.. bytes[..at], .. bytes[random.Next(bytes.Length)..]]; break;
                }
            }

            try
            {
                if (WorkloadUpdate.TryRead(X509SVIDResponse.Parser.ParseFrom(bytes), null, DateTimeOffset.UtcNow, out var snapshot, out var problem)) Assert.Equal(svid.Chain[0], snapshot.Svid.Chain[0]);
                else Assert.NotEmpty(problem);
            }
            catch (InvalidProtocolBufferException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 1, 2999);
    }

    [Theory]
    [InlineData(HttpStatusCode.OK, "text/html")]
    [InlineData(HttpStatusCode.NotFound, "application/grpc")]
    [InlineData(HttpStatusCode.Redirect, "application/grpc")]
    public async Task Another_kind_of_server_is_no_Workload_API(HttpStatusCode status, string type)
    {
        await using var server = await LoopbackServer.StartAsync(
            context =>
            {
                context.Response.StatusCode = (int)status;
                context.Response.ContentType = type;
                context.Response.Headers.Location = "/elsewhere";
                return context.Response.WriteAsync("hello");
            },
            HttpProtocols.Http2);
        await using var feed = RunningFeed.OfAddress($"tcp://127.0.0.1:{server.Port}");
        await feed.Tells($"not one of gRPC (HTTP status {(int)status})");
    }

    [Fact]
    public async Task A_port_of_this_machine_serves_as_well()
    {
        var svid = _ca.Issue();
        await using var server = await LoopbackServer.StartAsync(
            async context =>
            {
                context.Response.ContentType = "application/grpc+proto";
                await context.Response.Body.WriteAsync(WorkloadApiServer.Frame(WorkloadApiServer.Response(_ca, svid)));
                await context.Response.Body.FlushAsync();
                await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            },
            HttpProtocols.Http2);
        await using var feed = RunningFeed.OfAddress($"tcp://127.0.0.1:{server.Port}");
        await feed.Takes(svid);
    }

    [Fact]
    public async Task A_server_of_another_protocol_is_told()
    {
        await using var server = await LoopbackServer.StartAsync(context => context.Response.WriteAsync("hello"), HttpProtocols.Http1);
        await using var feed = RunningFeed.OfAddress($"tcp://127.0.0.1:{server.Port}");
        await feed.Tells("gives no identity");
        Assert.Null(feed.Own.Current);
    }

    [Fact]
    public void Pauses_double_up_to_their_bound_and_begin_anew()
    {
        var pace = new RetryPace(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));
        foreach (var most in (int[])[1, 2, 4, 8, 16, 30, 30, 30]) Assert.InRange(pace.Next().TotalSeconds, most * 0.8, most);
        for (var i = 0; i < 100; i++) Assert.InRange(pace.Next().TotalSeconds, 24, 30);
        pace.Reset();
        Assert.InRange(pace.Next().TotalSeconds, 0.8, 1);
    }

    private static IReadOnlyList<WorkloadStep> Bent(SpiffeCa ca, Action<X509SVID> bend)
    {
        var response = WorkloadApiServer.Response(ca, ca.Issue());
        bend(response.Svids[0]);
        return [WorkloadStep.Write(WorkloadApiServer.Frame(response))];
    }

    private static IReadOnlyList<WorkloadStep> Federated(SpiffeCa ca, string domain, byte[] bundle)
    {
        var response = WorkloadApiServer.Response(ca, ca.Issue());
        response.FederatedBundles[domain] = ByteString.CopyFrom(bundle);
        return [WorkloadStep.Write(WorkloadApiServer.Frame(response))];
    }
}

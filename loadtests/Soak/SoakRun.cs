using System.CommandLine;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NBomber.Contracts;
using NBomber.CSharp;
using Sallyport.LoadTests.Scenarios;

namespace Sallyport.LoadTests.Soak;

/// <summary>Two gateways under all kinds of traffic at once, while keys rotate, tokens are revoked, and issuer and Redis fall ill: what they hold stays flat.</summary>
internal static class SoakRun
{
    private const string Name = "soak";
    private const string Schedule = "schedule";
    private const string KeyEncryptionKey = "key-encryption-key";
    private const string Asserted = "/asserted/acme/17";
    private const int Connections = 16;
    private const int Samples = 600;
    private const int MostRemembered = 20_000;

    // In minutes. In less time, what gateways remember of assertions is not full before the second half begins.
    private const int LeastToJudge = 10;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    // The least that assertions allow: a sixth of it is a minute.
    private static readonly TimeSpan LifeOfKeys = TimeSpan.FromMinutes(6);
    private static readonly IPAddress Abroad = IPAddress.Parse("127.0.0.2");

    public static Command Verb()
    {
        var minutes = new Option<int>("--minutes") { Description = "Length of the load. Memory, handles and threads are judged from 10 on.", DefaultValueFactory = _ => 20 };
        var rate = new Option<int>("--rate") { Description = "Requests per second, of all kinds together.", DefaultValueFactory = _ => 1_000 };
        var reports = new Option<string>("--reports") { Description = "Folder of the reports.", DefaultValueFactory = _ => Path.Combine("loadtests", "reports", Name) };
        minutes.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && result.GetValueOrDefault<int>() < 1) result.AddError("--minutes is a whole number from 1.");
        });
        rate.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && result.GetValueOrDefault<int>() < 20) result.AddError("--rate is a whole number from 20.");
        });
        var verb = new Command(Name, "All kinds of traffic while keys rotate, tokens are revoked, and issuer and Redis fall ill; memory, handles and threads stay flat")
        {
            minutes, rate, reports,
        };
        verb.SetAction(async (parse, cancellation) =>
        {
            var shape = new ScenarioShape(Name, parse.GetValue(minutes) * 60, parse.GetValue(rate), parse.GetValue(reports)!);
            await using var stage = await Stage.OpenAsync(shape, cancellation);
            await PlayAsync(stage, cancellation);
            // As a shell says that somebody interrupted it.
            return cancellation.IsCancellationRequested ? 130 : stage.Conclude();
        });
        return verb;
    }

    private static async Task PlayAsync(Stage stage, CancellationToken cancellation)
    {
        var total = TimeSpan.FromSeconds(stage.Shape.Seconds);
        var isJudged = total.TotalMinutes >= LeastToJudge;
        var calm = isJudged ? SoakPlan.Calm : TimeSpan.Zero;
        var redis = await stage.StartRedisAsync(cancellation);
        await File.WriteAllTextAsync(Path.Combine(stage.Directory, KeyEncryptionKey), Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)), cancellation);
        var upstream = stage.Keep(await AssertingUpstream.StartAsync(cancellation));
        GatewayProcess[] gateways =
        [
            await stage.StartGatewayAsync(configuration => Configure(configuration, "audit-one"), cancellation),
            await stage.StartGatewayAsync(configuration => Configure(configuration, "audit-other"), cancellation),
        ];
        upstream.JwksUri = gateways[0].Process.Url + "/.well-known/jwks.json";
        var macKey = await File.ReadAllBytesAsync(Path.Combine(stage.Directory, Stage.MacKey), cancellation);
        var revoker = stage.Keep(await Revoker.StartAsync(redis.EndPoint, macKey, stage.Issuer.Url, cancellation));
        var verbs = new VerbProcess(stage.Directory);
        await verbs.ConfigureAsync(stage.Configuration(gateways[0].Process.Url, gateways[0].AdminUrl, configuration => Configure(configuration, "audit-verbs")), cancellation);
        var ring = new RingRotation(verbs);
        var watch = new SoakWatch(gateways);
        var director = new SoakDirector(stage, redis, ring, watch);
        using Fleet users = new(gateways, Connections), strangers = new(gateways, Connections, Abroad);
        using var own = new OwnTokens(gateways, users);

        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var watching = watch.RunAsync(total / Samples, over.Token);
        var stats = await stage.RunAsync(Name, [.. Kinds(), Plan()]);
        await over.CancelAsync();
        await watching;

        var samples = watch.Samples;
        for (var i = 0; i < gateways.Length; i++)
            Judge($"gateway {i + 1}", samples[i]);
        stage.Expect(upstream.Refusals.Count == 0, $"{upstream.Checked} assertions by {upstream.Keys} keys were good, others: {string.Join(", ", upstream.Refusals.Select(r => $"{r.Value} {r.Key}"))}");
        stage.Note($"{director.Happened.Count} events; the issuer was asked for its keys {stage.Issuer.Fetches} times");
        stage.Expect(ring.Activated > ring.Refused, $"the gateways' own key was replaced {ring.Activated} times by an operator, who was refused {ring.Refused} times");
        SoakReport.Write(stage, samples, [.. stats.ScenarioStats.Where(s => s.ScenarioName != Schedule)], director.Happened);

        void Judge(string gateway, IReadOnlyList<ProcessSample> held)
        {
            // A process that ends is seen no more.
            var last = held.Count > 0 ? held[^1].At : 0;
            stage.Expect(held.Count > 1 && last > (total + calm * 2).TotalSeconds * 0.95, $"{gateway} ran to the end: {last:0} s");
            if (held.Count < 2) return;
            var collected = held.Count(sample => sample.Heap is not null);
            stage.Expect(collected > 1, $"{gateway} was seen after {collected} collections");
            foreach (var flat in Flatness.Of(held, isJudged ? [(total / 2 + calm).TotalSeconds, last] : []))
            {
                FormattableString fact = $"{gateway}: {flat.Quantity}: {flat.Level:0.0}, and {flat.Growth:+0.0;-0.0} over the second half: less than {flat.Limit:0.0}";
                if (flat.IsJudged && isJudged) stage.Expect(flat.Holds, fact);
                else stage.Note(fact);
            }
        }

        void Configure(JsonObject configuration, string audit)
        {
            var house = configuration["Sallyport"]!;
            var keys = house["TrustedIssuers"]!["corp"]!["Keys"]!;
            (keys["SoftExpiry"], keys["Cooldown"], keys["Timeout"]) = ("00:00:02", "00:00:01", "00:00:01");
            OwnTokens.Configure(configuration, KeyEncryptionKey, LifeOfKeys, stage.Upstream.Url);
            house["Audit"] = new JsonObject { ["Sink"] = "File", ["Directory"] = audit };
            // What is remembered is full before the second half begins, and does not grow in it.
            house["VerifiedTokens"] = new JsonObject { ["MaxEntries"] = (int)Math.Clamp(stage.Shape.Rate * 0.1 * total.TotalSeconds / 4, 500, MostRemembered) };
            house["Issuer"]!["Assertions"] = new JsonObject { ["Lifetime"] = "00:01:00" };
            GatewayConfiguration.AddRoute(configuration, "asserted", "orders-read", "/asserted/{tenant}/{**rest}", upstream.Url)["Metadata"] =
                new JsonObject { ["Sallyport:Audience"] = AssertingUpstream.Audience };
        }

        IEnumerable<ScenarioProps> Kinds()
        {
            var kids = RandomKids.Of(stage.Issuer, Math.Max(1, (int)(Share(0.1) * Math.Min(60, total.TotalSeconds))));
            var revoked = new RevokedUser(stage.Issuer, users, revoker, () => director.Tokens.Key);
            ScenarioProps[] kinds =
            [
                users.Scenario("repeated tokens", () => director.Tokens.Good.Next(), 200).WithLoadSimulations(Constantly(0.62)),
                users.Scenario("distinct tokens", () => Signed(GatewayConfiguration.Orders), 200).WithLoadSimulations(Constantly(0.13)),
                users.Scenario("assertions", () => Signed(Asserted), 200).WithLoadSimulations(Constantly(0.05)),
                users.Scenario("bad tokens", () => director.Tokens.Bad.Next(), 401).WithLoadSimulations(Constantly(0.08)),
                // While the issuer cannot be asked, nobody knows.
                strangers.Scenario("made-up key names", kids.Next, 401, 503).WithLoadSimulations(Constantly(0.1)),
                Scenario.Create("own tokens", own.RunAsync).WithoutWarmUp().WithLoadSimulations(Constantly(0.01)),
                Scenario.Create("revoked tokens", context => revoked.RunAsync(context, () => director.IsRedisWell))
                    .WithoutWarmUp().WithLoadSimulations(Load(1)),
            ];
            return kinds.Select(kind => kind.WithThresholds(Threshold.Create(s => s.AllFailCount == 0)));
        }

        ScenarioProps Plan() => Scenario.Create(Schedule, context => director.RunAsync(context, total + calm))
            .WithoutWarmUp()
            .WithLoadSimulations(Simulation.IterationsForConstant(1, 1))
            .WithThresholds(Threshold.Create(s => s.AllFailCount == 0));

        ReadOnlyMemory<byte> Signed(string path) => Traffic.Get(path, stage.Issuer.Token(director.Tokens.Key));

        LoadSimulation[] Constantly(double share) => Load(Share(share));

        LoadSimulation[] Load(int rate) => isJudged
            ? [Simulation.Inject(rate, Second, total / 2), Simulation.Pause(calm), Simulation.Inject(rate, Second, total / 2), Simulation.Pause(calm)]
            : [Simulation.Inject(rate, Second, total)];

        int Share(double share) => Math.Max(1, (int)(stage.Shape.Rate * share));
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Sallyport.Gateway.Configuration;
using Sallyport.Gateway.Telemetry;
using Sallyport.Tests.Support;
using StackExchange.Redis;

namespace Sallyport.Tests.Deploy;

/// <summary>docker-compose.yml and the files of deploy/ belong together: names, ports, variables, secrets.</summary>
public sealed partial class ComposeFileTests
{
    private static readonly JsonDocumentOptions Comments = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private readonly ComposeFile _compose = ComposeFile.Read();

    [Fact]
    public void Every_file_service_volume_and_secret_that_is_named_is_there()
    {
        Assert.All(_compose.Services.Keys.SelectMany(_compose.Mounts), mount => Assert.True(File.Exists(mount.Source), mount.Source));
        foreach (var (name, service) in _compose.Services)
        {
            Assert.All(_compose.Secrets(name), secret => Assert.NotNull(_compose.Root["secrets"]![secret]));
            Assert.All(
                ComposeFile.Strings(service["volumes"]).Where(volume => volume[0] != '.'),
                volume => Assert.True(_compose.Root["volumes"]!.AsObject().ContainsKey(volume.Split(':')[0]), volume));
            foreach (var (needed, how) in service["depends_on"]?.AsObject() ?? [])
            {
                Assert.Contains(needed, _compose.Services.Keys);
                if ((string?)how!["condition"] == "service_healthy") Assert.NotEmpty(_compose.HealthCheck(needed));
            }

            if (service["build"] is not null) Assert.True(File.Exists(Path.Combine(RepositoryFolder.Path, (string)service["build"]!, "Dockerfile")));
        }
    }

    [Fact]
    public void Every_image_from_elsewhere_has_a_version()
    {
        var images = _compose.Services.Values.Where(service => service["build"] is null).Select(service => (string)service["image"]!);
        var bases = BaseImage().Matches(File.ReadAllText(Path.Combine(RepositoryFolder.Path, "Dockerfile"))).Select(match => match.Groups["image"].Value).ToList();

        Assert.Equal(2, bases.Count);
        Assert.All(images.Concat(bases), image => Assert.Matches(@":\d+\.\d+", image));
    }

    [Fact]
    public async Task The_gateways_read_their_file_variables_and_secrets_without_a_mistake()
    {
        using var secrets = await ComposeSecrets.MakeAsync();

        var root = Configuration(secrets);
        var reading = GatewayConfiguration.Read(root, Development("gateway"), secrets.Folder);

        Assert.Empty(reading.Mistakes);
        Assert.Equal(["mac-key", "redis.json"], _compose.Secrets("gateway").Order(StringComparer.Ordinal));
        var redis = ConfigurationOptions.Parse(reading.Options!.Redis!.Configuration);
        Assert.Equal("gateway", redis.User);
        Assert.Equal("Unspecified/redis:6379", redis.EndPoints.Single().ToString());
        Assert.True(OtlpTargets.TryRead(reading.Options.Telemetry, root, out _));
        // Without what the secrets say, nothing starts; a variable that nobody knows is a mistake too.
        Assert.Contains(GatewayConfiguration.Read(Configuration(secrets, isRedisKnown: false), "Development", secrets.Folder).Mistakes, mistake => mistake.Path == "$.Sallyport.Redis.Configuration");
        Assert.Contains(GatewayConfiguration.Read(Configuration(secrets, also: "Sallyport__Admin__Ur1"), "Development", secrets.Folder).Mistakes, mistake => mistake.Path == "$.Sallyport.Admin.Ur1");
        // Keys over http are what Development is for here.
        Assert.Equal(["$.Sallyport.TrustedIssuers.demonstration.Keys.JwksUri"], GatewayConfiguration.Read(root, "Production", secrets.Folder).Mistakes.Select(mistake => mistake.Path));
    }

    [Fact]
    public void The_demonstration_reads_its_file_without_a_mistake()
    {
        var reading = GatewayConfiguration.Read(Json(Appsettings("demonstration").ToJsonString()).Build(), Development("demonstration"), RepositoryFolder.Path);

        Assert.Empty(reading.Mistakes);
    }

    [Fact]
    public void Names_and_ports_agree_everywhere()
    {
        var gateway = Appsettings("gateway");
        var demonstration = Appsettings("demonstration");
        var balancer = _compose.Mounted("balancer", "/usr/local/etc/haproxy/haproxy.cfg");
        var proxy = new Uri((string)gateway["Urls"]!);
        var admin = new Uri((string)gateway["Sallyport"]!["Admin"]!["Url"]!);

        var template = Template().Match(balancer).Groups;
        Assert.Equal(("gateway", proxy.Port, admin.Port), (template["host"].Value, int.Parse(template["port"].Value), int.Parse(template["admin"].Value)));
        Assert.InRange(int.Parse((string)_compose.Services["gateway"]["deploy"]!["replicas"]!), 3, int.Parse(template["slots"].Value));
        Assert.Contains("GET /health/ready", balancer, StringComparison.Ordinal);
        Assert.Contains($"/dev/tcp/127.0.0.1/{admin.Port}", string.Join(' ', _compose.HealthCheck("gateway")), StringComparison.Ordinal);

        // The requests that the demonstration prints are for the load balancer as it is seen from outside.
        var published = ComposeFile.Strings(_compose.Services["balancer"]["ports"]).Single().Split(':');
        Assert.Equal("127.0.0.1", published[0]);
        Assert.Equal(new Uri((string)demonstration["Urls"]!).Port, int.Parse(published[1]));
        Assert.Contains($"bind :{published[2]}", balancer, StringComparison.Ordinal);

        var upstream = new Uri((string)demonstration["Sallyport"]!["Demonstration"]!["Upstream"]!);
        var told = gateway["Sallyport"]!["TrustedIssuers"]!["demonstration"]!;
        foreach (var (url, listens) in new[]
        {
            (told["Keys"]!["JwksUri"], new Uri((string)demonstration["Urls"]!)),
            (gateway["ReverseProxy"]!["Clusters"]!["demonstration"]!["Destinations"]!["echo"]!["Address"], upstream),
        })
            Assert.Equal(("demonstration", listens.Port), (new Uri((string)url!).Host, new Uri((string)url!).Port));
        var issuer = demonstration["Sallyport"]!["TrustedIssuers"]!["demonstration"]!;
        foreach (var member in new[] { "Audiences", "Algorithms" })
            Assert.Equal(issuer[member]!.ToJsonString(), told[member]!.ToJsonString());
        Assert.Equal((string?)demonstration["Sallyport"]!["Issuer"]!["Issuer"], (string?)told["Issuer"]);

        var collector = new Uri(_compose.Environment("gateway")["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        Assert.Contains(collector.Host, _compose.Services.Keys);
        Assert.Contains($"endpoint: 0.0.0.0:{collector.Port}", _compose.Mounted("collector", "/etc/collector.yaml"), StringComparison.Ordinal);
        Assert.Contains("/etc/collector.yaml", _compose.Command("collector"));
        // No port: the one that every redis-server has.
        Assert.DoesNotMatch(@"(?m)^port ", _compose.Mounted("redis", "/etc/redis.conf"));
        Assert.Contains("/etc/redis.conf", _compose.Command("redis"));
        Assert.Contains($"aclfile {ComposeSecrets.InContainer}/{_compose.Secrets("redis").Single()}\n", _compose.Mounted("redis", "/etc/redis.conf"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Secrets_are_made_once_by_the_script_and_stand_nowhere_else()
    {
        using var secrets = await ComposeSecrets.MakeAsync();
        var files = _compose.Root["secrets"]!.AsObject().ToDictionary(secret => secret.Key, secret => (string)secret.Value!["file"]!);

        Assert.Equal(files.Keys.Order(StringComparer.Ordinal), Directory.GetFiles(secrets.Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.All(files, secret => Assert.Equal($"./deploy/secrets/{secret.Key}", secret.Value));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(secrets.Folder));
        Assert.Matches("^[0-9a-f]{64}$", secrets["mac-key"]);

        using var others = await ComposeSecrets.MakeAsync();
        Assert.All(files.Keys, name => Assert.NotEqual(secrets[name], others[name]));
        var before = files.Keys.Select(name => secrets[name]).ToList();
        await secrets.MakeAgain();
        Assert.Equal(before, files.Keys.Select(name => secrets[name]));

        var committed = Directory.GetFiles(Path.Combine(RepositoryFolder.Path, "deploy")).Append(ComposeFile.Path).Append(Path.Combine(RepositoryFolder.Path, "Dockerfile"));
        Assert.All(committed, file => Assert.DoesNotMatch("[0-9a-f]{32}", File.ReadAllText(file)));
        Assert.Contains("/deploy/secrets/", File.ReadAllLines(Path.Combine(RepositoryFolder.Path, ".gitignore")));
        Assert.Contains("deploy", File.ReadAllLines(Path.Combine(RepositoryFolder.Path, ".dockerignore")));
    }

    private string Development(string service) => _compose.Environment(service)["DOTNET_ENVIRONMENT"];

    private JsonNode Appsettings(string service) => JsonNode.Parse(_compose.Mounted(service, "/etc/sallyport/appsettings.json"), documentOptions: Comments)!;

    /// <summary>As the process puts it together: the file, the variables, then the file that its command names.</summary>
    private IConfigurationRoot Configuration(ComposeSecrets secrets, bool isRedisKnown = true, string? also = null)
    {
        var variables = _compose.Environment("gateway").Append(KeyValuePair.Create(also ?? "none", "x"));
        var builder = Json(Appsettings("gateway").ToJsonString().Replace(ComposeSecrets.InContainer, secrets.Folder, StringComparison.Ordinal));
        builder.AddInMemoryCollection(variables.Select(variable => KeyValuePair.Create(variable.Key.Replace("__", ":", StringComparison.Ordinal), (string?)variable.Value)));
        if (!isRedisKnown) return builder.Build();
        var named = _compose.Command("gateway").SkipWhile(word => word != "--config").ElementAt(1);
        using var stream = File.OpenRead(named.Replace(ComposeSecrets.InContainer, secrets.Folder, StringComparison.Ordinal));
        return builder.AddJsonStream(stream).Build();
    }

    private static ConfigurationBuilder Json(string json)
    {
        var builder = new ConfigurationBuilder();
        builder.AddJsonStream(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(json)));
        return builder;
    }

    [GeneratedRegex(@"^FROM (?<image>\S+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex BaseImage();

    [GeneratedRegex(@"server-template gateway (?<slots>\d+) (?<host>\w+):(?<port>\d+) check port (?<admin>\d+) ", RegexOptions.ExplicitCapture)]
    private static partial Regex Template();
}

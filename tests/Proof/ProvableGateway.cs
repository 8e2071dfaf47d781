using System.Net.Http.Headers;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Sallyport.Gateway.Issuing;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Proof;

/// <summary>A gateway process that is an issuer with an identity and an archive: keys, trail and SVID are files, as spiffe-helper and an operator would have them.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class ProvableGateway : IAsyncDisposable
{
    public const string Issuer = "https://gateway.proof.example";
    public const string Client = "billing";

    private const string Secret = "correct horse battery staple of the test";
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("sallyport-proof-");
    private readonly string _url = $"http://127.0.0.1:{FreePort.Next()}";
    private readonly string _admin = $"http://127.0.0.1:{FreePort.Next()}";
    private readonly string _kek = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
    private readonly HttpClient _client;
    private GatewayProcess? _process;

    public ProvableGateway(SpiffeCa authority)
    {
        Authority = authority;
        _client = new HttpClient { BaseAddress = new Uri(_url), Timeout = TimeSpan.FromSeconds(20) };
    }

    public SpiffeCa Authority { get; }

    /// <summary>What <c>audit verify --archive</c> gets.</summary>
    public string Archive => Path.Combine(_root.FullName, "audit");

    public string Bundle => At("bundle.pem");

    public string Said => $"{_process?.Output}\n{_process?.Errors}";

    public string At(string name) => Path.Combine(_root.FullName, name);

    /// <summary>Gives the workload another SVID of the same name, as spiffe-helper does: each file is put in place whole.</summary>
    public async Task<IssuedSvid> RenewSvidAsync(TimeSpan? life = null, string path = "/gateway")
    {
        var issued = Authority.Issue(path, new SvidShape { Life = life ?? TimeSpan.FromHours(1) });
        foreach (var (name, content) in new[] { ("svid.pem", issued.ChainPem), ("svid_key.pem", issued.KeyPem), ("bundle.pem", Authority.Pem) })
        {
            await File.WriteAllTextAsync(At(name + ".new"), content);
            File.SetUnixFileMode(At(name + ".new"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
            File.Move(At(name + ".new"), At(name), overwrite: true);
        }

        return issued;
    }

    /// <summary>Starts it and waits until it signs.</summary>
    public async Task StartAsync(Action<JsonObject>? edit = null)
    {
        var configuration = Configuration();
        edit?.Invoke(configuration);
        await File.WriteAllTextAsync(At("appsettings.json"), configuration.ToJsonString());
        var environment = new Dictionary<string, string> { ["PROOF_KEK"] = _kek };
        _process = await GatewayProcess.StartAsync(["--config", At("appsettings.json"), "--environment", "Development"], environment);
        await Poll.Until(async () => await IsReadyAsync(), TimeSpan.FromSeconds(30), "the gateway signs");
    }

    public Task KillAsync() => _process!.Kill();

    public Task<int> StopAsync() => _process!.StopAsync();

    /// <summary>Runs a verb with the configuration of this gateway.</summary>
    public Task<ProcessResult> RunAsync(params string[] arguments) =>
        GatewayProcess.RunAsync([.. arguments, "--config", At("appsettings.json"), "--environment", "Development"], new Dictionary<string, string> { ["PROOF_KEK"] = _kek });

    public async Task<HttpResponseMessage> AskAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth/token");
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"{Client}:{Uri.EscapeDataString(Secret)}")));
        request.Content = new FormUrlEncodedContent([KeyValuePair.Create("grant_type", "client_credentials")]);
        return await _client.SendAsync(request);
    }

    public async Task<string> TokenAsync()
    {
        using var answer = await AskAsync();
        var body = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{(int)answer.StatusCode} {body}\n{Said}");
        return (string)JsonNode.Parse(body)!["access_token"]!;
    }

    public async Task<IReadOnlyList<string>> PublishedAsync() =>
        [.. JsonNode.Parse(await _client.GetStringAsync("/.well-known/jwks.json"))!["keys"]!.AsArray().Select(key => (string)key!["kid"]!)];

    /// <summary>The endorsement that it serves for a key; null for none.</summary>
    public async Task<string?> EndorsementAsync(string keyId) =>
        (string?)JsonNode.Parse(await _client.GetStringAsync("/.well-known/key-endorsements.json"))!["endorsements"]!.AsArray().FirstOrDefault(entry => (string)entry!["kid"]! == keyId)?["endorsement"];

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        if (_process is not null) await _process.DisposeAsync();
        _root.Delete(recursive: true);
    }

    private async Task<bool> IsReadyAsync()
    {
        Assert.True(_process!.Running, Said);
        try
        {
            using var answer = await AskAsync();
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private JsonObject Configuration() => new()
    {
        ["Urls"] = _url,
        ["Sallyport"] = new JsonObject
        {
            ["Admin"] = new JsonObject { ["Url"] = _admin },
            ["Audit"] = new JsonObject { ["Sink"] = "File", ["Directory"] = Archive, ["CheckpointEvery"] = 5, ["CheckpointAfter"] = "00:00:01" },
            ["Identity"] = new JsonObject
            {
                ["Source"] = "Files",
                ["Files"] = new JsonObject { ["Certificate"] = At("svid.pem"), ["Key"] = At("svid_key.pem"), [nameof(Bundle)] = At("bundle.pem") },
                ["Required"] = true,
            },
            ["Issuer"] = new JsonObject
            {
                ["Issuer"] = Issuer,
                ["Lifetime"] = "00:00:02",
                ["JwksMaxAge"] = "00:00:01",
                ["Keys"] = new JsonObject
                {
                    ["Store"] = "File",
                    ["Directory"] = At("ring"),
                    ["KeyEncryptionKey"] = new JsonObject { ["Environment"] = "PROOF_KEK" },
                    ["Life"] = "00:00:12",
                    ["Poll"] = "00:00:00.250",
                },
                ["Clients"] = new JsonObject
                {
                    [Client] = new JsonObject
                    {
                        ["SecretHash"] = ClientSecretHash.Of(Encoding.ASCII.GetBytes(Secret), iterations: 10_000).Write(),
                        ["Audiences"] = new JsonArray("orders"),
                        ["RequestsPerMinute"] = 100_000,
                    },
                },
            },
        },
    };
}

using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Amazon.Runtime;
using Microsoft.AspNetCore.Http;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Kms;

/// <summary>An AWS KMS on 127.0.0.1: its JSON protocol (<c>X-Amz-Target: TrentService.*</c>), with real keys behind it. It takes requests that are signed (SigV4) by one access key.</summary>
internal sealed class KmsServer : IAsyncDisposable
{
    public const string Region = "eu-central-1";
    public const string AccessKey = "AKIDSALLYPORTTESTS00";
    public const string SecretKey = "a secret that nobody needs to keep";

    private readonly ConcurrentDictionary<string, KmsKey> _keys = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _aliases = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<KmsRequest> _requests = new();
    private LoopbackServer? _server;
    private int _inFlight;

    public static AWSCredentials Credentials => new BasicAWSCredentials(AccessKey, SecretKey);

    /// <summary>As the SDK's own chain finds them.</summary>
    public static IReadOnlyDictionary<string, string> Environment { get; } = new Dictionary<string, string> { ["AWS_ACCESS_KEY_ID"] = AccessKey, ["AWS_SECRET_ACCESS_KEY"] = SecretKey };

    public string Url => _server!.Url;

    public IReadOnlyList<KmsRequest> Requests => [.. _requests];

    public IReadOnlyCollection<KmsKey> Keys => [.. _keys.Values];

    /// <summary>Alias to the id of its key; a test may point them elsewhere.</summary>
    public IDictionary<string, string> Aliases => _aliases;

    /// <summary>Answers in the place of KMS, for as long as a test wants; null lets a request pass.</summary>
    public Func<KmsRequest, KmsAnswer?>? Interfere { get; set; }

    /// <summary>Why a request was turned away before it was looked at; empty unless a client does something wrong.</summary>
    public ConcurrentQueue<string> Refused { get; } = new();

    public int MostInFlight { get; private set; }

    public static async Task<KmsServer> StartAsync()
    {
        var kms = new KmsServer();
        kms._server = await LoopbackServer.StartAsync(kms.AnswerAsync);
        return kms;
    }

    public int Count(string operation) => _requests.Count(request => request.Operation == operation);

    /// <summary>The key that an alias points to.</summary>
    public KmsKey Aliased(string alias) => _keys[_aliases[alias]];

    public KmsKey Add(string spec)
    {
        var key = new KmsKey(spec);
        _keys[key.Id] = key;
        return key;
    }

    public void Remove(KmsKey key) => _keys.TryRemove(key.Id, out _);

    public Task Stop() => _server!.Stop();

    public Task StartAgain() => _server!.StartAgain();

    public async ValueTask DisposeAsync()
    {
        await _server!.DisposeAsync();
        foreach (var key in _keys.Values) key.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var inFlight = Interlocked.Increment(ref _inFlight);
        if (inFlight > MostInFlight) MostInFlight = inFlight;
        try
        {
            var answer = await DecideAsync(context);
            if (answer.Delay > TimeSpan.Zero) await Task.Delay(answer.Delay, context.RequestAborted);
            context.Response.StatusCode = answer.Status;
            context.Response.ContentType = "application/x-amz-json-1.1";
            await context.Response.WriteAsync(answer.Body, context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            // The client has gone.
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }
    }

    private async Task<KmsAnswer> DecideAsync(HttpContext context)
    {
        var target = context.Request.Headers["X-Amz-Target"].ToString();
        var authorization = context.Request.Headers.Authorization.ToString();
        if (context.Request.Method != "POST" || !target.StartsWith("TrentService.", StringComparison.Ordinal) || context.Request.ContentType?.StartsWith("application/x-amz-json-1.1", StringComparison.Ordinal) != true)
            return Refuse("UnknownOperationException", $"{context.Request.Method} {target} {context.Request.ContentType}");
        if (!authorization.StartsWith($"AWS4-HMAC-SHA256 Credential={AccessKey}/", StringComparison.Ordinal) || !authorization.Contains($"/{Region}/kms/aws4_request", StringComparison.Ordinal)
            || !authorization.Contains("Signature=", StringComparison.Ordinal))
            return Refuse("UnrecognizedClientException", authorization);

        var body = (JsonObject)(await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted))!;
        var isDry = (bool?)body["DryRun"] == true;
        var request = new KmsRequest(target["TrentService.".Length..] + (isDry ? "DryRun" : ""), body);
        _requests.Enqueue(request);
        return Interfere?.Invoke(request) ?? Decide(request);
    }

    private KmsAnswer Refuse(string code, string why)
    {
        Refused.Enqueue(why);
        return KmsAnswer.Error(code);
    }

    private KmsAnswer Decide(KmsRequest request)
    {
        if (request.Operation == "CreateKey") return Create(request.Body);
        if (Find(request.KeyId) is not { } key) return KmsAnswer.Error("NotFoundException");
        switch (request.Operation)
        {
            case "CreateAlias":
                return _aliases.TryAdd((string)request.Body["AliasName"]!, key.Id) ? new KmsAnswer(200, "") : KmsAnswer.Error("AlreadyExistsException");
            case "DescribeKey":
                return KmsAnswer.Of(new JsonObject { ["KeyMetadata"] = Metadata(key) });
            case "GetPublicKey" when key.State == "Enabled":
                return KmsAnswer.Of(new JsonObject
                {
                    ["KeyId"] = key.Arn,
                    ["PublicKey"] = Convert.ToBase64String(key.PublicKey),
                    ["KeySpec"] = key.Spec,
                    ["KeyUsage"] = "SIGN_VERIFY",
                    ["SigningAlgorithms"] = new JsonArray([.. key.Algorithms.Select(name => (JsonNode)name)]),
                });
            case "Sign" when key.State == "Enabled":
                var algorithm = (string)request.Body["SigningAlgorithm"]!;
                if ((string?)request.Body["MessageType"] != "DIGEST" || !key.Algorithms.Contains(algorithm, StringComparer.Ordinal)) return KmsAnswer.Error("InvalidKeyUsageException");
                var signature = (key.Impostor ?? key).Sign(Convert.FromBase64String((string)request.Body["Message"]!), algorithm);
                return KmsAnswer.Of(new JsonObject { ["KeyId"] = key.Arn, ["Signature"] = Convert.ToBase64String(signature), ["SigningAlgorithm"] = algorithm });
            case "SignDryRun" when key.State == "Enabled":
                return KmsAnswer.Error("DryRunOperationException", 412);
            case "GetPublicKey" or "Sign" or "SignDryRun":
                return KmsAnswer.Error(key.State == "Disabled" ? "DisabledException" : "KMSInvalidStateException");
            default:
                return KmsAnswer.Error("UnknownOperationException");
        }
    }

    private KmsAnswer Create(JsonObject body)
    {
        var key = new KmsKey((string)body["KeySpec"]!)
        {
            Description = (string?)body["Description"] ?? "",
            Tags = body["Tags"]?.AsArray().ToDictionary(tag => (string)tag!["TagKey"]!, tag => (string)tag!["TagValue"]!, StringComparer.Ordinal) ?? [],
        };
        _keys[key.Id] = key;
        return KmsAnswer.Of(new JsonObject { ["KeyMetadata"] = Metadata(key) });
    }

    private KmsKey? Find(string name)
    {
        if (name.StartsWith("alias/", StringComparison.Ordinal)) return _aliases.TryGetValue(name, out var id) ? _keys.GetValueOrDefault(id) : null;
        return _keys.GetValueOrDefault(name[(name.LastIndexOf('/') + 1)..]);
    }

    private static JsonObject Metadata(KmsKey key) => new()
    {
        ["KeyId"] = key.Id,
        ["Arn"] = key.Arn,
        ["CreationDate"] = 1_763_800_000.5,
        ["Enabled"] = key.State == "Enabled",
        ["KeyState"] = key.State,
        ["KeySpec"] = key.Spec,
        ["KeyUsage"] = "SIGN_VERIFY",
        ["Origin"] = "AWS_KMS",
    };
}

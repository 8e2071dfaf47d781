using System.Diagnostics;
using System.Security.Cryptography;
using Amazon;
using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using Amazon.Runtime;
using Sallyport.Gateway.Telemetry;
using Algorithm = Sallyport.Gateway.Tokens.Algorithm;

namespace Sallyport.Gateway.Keys;

/// <summary>What AWS KMS is asked, each with its bounds: in time, in repetitions, and in how many are under way.</summary>
/// <remarks>
/// <code>
///   CreateKey                                  once: repeated, it would make a second key
///   CreateAlias, DescribeKey, GetPublicKey,
///   Sign, dry                                  once more within the timeout
///   Sign                                       the same, and at most 50 at a time
/// </code>
/// After a few failures in a row nothing is asked for a second: whoever waits is told at once. Every operation throws <see cref="KmsException"/>.
/// </remarks>
internal sealed class KmsCalls : IDisposable
{
    /// <summary>The most signatures that are asked for at once; further ones are refused, not queued.</summary>
    public const int MostSignatures = 50;

    private const int MostFailures = 3;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly KmsOptions _options;
    private readonly GatewayMetrics _metrics;
    private readonly KmsTransport _transport;
    private readonly AmazonKeyManagementServiceClient _client;
    private readonly AmazonKeyManagementServiceClient _once;
    private readonly SemaphoreSlim _signing = new(MostSignatures, MostSignatures);
    private int _failures;
    private long _failedAt;

    /// <param name="credentials">Null for those that the SDK's own chain finds: environment, profile, web identity, container, instance.</param>
    public KmsCalls(KmsOptions options, GatewayMetrics metrics, AWSCredentials? credentials = null)
    {
        (_options, _metrics, _transport) = (options, metrics, new KmsTransport(options.Timeout));
        _client = Client(options, 1, credentials);
        _once = Client(options, 0, credentials);
    }

    public async Task<KeyMetadata> CreateKeyAsync(KeySpec spec, string description, IReadOnlyDictionary<string, string> tags, CancellationToken cancellation)
    {
        var request = new CreateKeyRequest
        {
            KeySpec = spec,
            KeyUsage = KeyUsageType.SIGN_VERIFY,
            Description = description,
            Tags = [.. tags.Select(tag => new Tag { TagKey = tag.Key, TagValue = tag.Value })],
        };
        var answer = await AskAsync("CreateKey", limit => _once.CreateKeyAsync(request, limit), cancellation);
        return Named("CreateKey", answer.KeyMetadata);
    }

    public async Task CreateAliasAsync(string alias, string key, CancellationToken cancellation) =>
        await AskAsync("CreateAlias", limit => _client.CreateAliasAsync(new CreateAliasRequest { AliasName = alias, TargetKeyId = key }, limit), cancellation);

    /// <param name="name">An ARN, an id or an alias.</param>
    public async Task<KeyMetadata> DescribeKeyAsync(string name, CancellationToken cancellation)
    {
        var answer = await AskAsync("DescribeKey", limit => _client.DescribeKeyAsync(new DescribeKeyRequest { KeyId = name }, limit), cancellation);
        return Named("DescribeKey", answer.KeyMetadata);
    }

    /// <returns>DER, as KMS sent it.</returns>
    public async Task<byte[]> GetPublicKeyAsync(string name, CancellationToken cancellation)
    {
        var answer = await AskAsync("GetPublicKey", limit => _client.GetPublicKeyAsync(new GetPublicKeyRequest { KeyId = name }, limit), cancellation);
        return answer.PublicKey?.ToArray() ?? [];
    }

    /// <param name="digest">Of what is to be signed, by the hash of <paramref name="algorithm"/>.</param>
    /// <returns>As KMS sent it: DER for ECDSA.</returns>
    public async Task<byte[]> SignAsync(string name, byte[] digest, SigningAlgorithmSpec algorithm, CancellationToken cancellation)
    {
        if (!await _signing.WaitAsync(TimeSpan.Zero, cancellation))
        {
            _metrics.KmsAsked("Sign", KmsErrors.NameOf(KmsFault.Busy), TimeSpan.Zero);
            throw new KmsException(KmsFault.Busy, $"{MostSignatures} signatures are asked of AWS KMS at once already");
        }

        try
        {
            var request = new SignRequest { KeyId = name, Message = new MemoryStream(digest), MessageType = MessageType.DIGEST, SigningAlgorithm = algorithm };
            var answer = await AskAsync("Sign", limit => _client.SignAsync(request, limit), cancellation);
            return answer.Signature?.ToArray() ?? [];
        }
        finally
        {
            _signing.Release();
        }
    }

    /// <summary>Asks whether a signature would be made, and has none made.</summary>
    public async Task TrySignAsync(string name, Algorithm algorithm, CancellationToken cancellation)
    {
        var request = new SignRequest
        {
            KeyId = name,
            Message = new MemoryStream(CryptographicOperations.HashData(algorithm.Hash, [])),
            MessageType = MessageType.DIGEST,
            SigningAlgorithm = KmsAlgorithms.SignatureOf(algorithm),
            DryRun = true,
        };
        await AskAsync("SignDryRun", TryAsync, cancellation);

        async Task<bool> TryAsync(CancellationToken limit)
        {
            try
            {
                await _client.SignAsync(request, limit);
            }
            catch (DryRunOperationException)
            {
                // It would.
            }

            return true;
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        _once.Dispose();
        _transport.Dispose();
        _signing.Dispose();
    }

    private async Task<T> AskAsync<T>(string operation, Func<CancellationToken, Task<T>> ask, CancellationToken cancellation)
    {
        if (Volatile.Read(ref _failures) >= MostFailures && Stopwatch.GetElapsedTime(Volatile.Read(ref _failedAt)) < Pause)
        {
            _metrics.KmsAsked(operation, "paused", TimeSpan.Zero);
            throw new KmsException(KmsFault.Away, "AWS KMS did not answer a moment ago");
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(_options.Timeout);
        var started = Stopwatch.GetTimestamp();
        var outcome = "cancelled";
        try
        {
            // Credentials may be looked for first, which does not always listen.
            var answer = await ask(limit.Token).WaitAsync(limit.Token);
            Volatile.Write(ref _failures, 0);
            outcome = "ok";
            return answer;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // The client lets through whatever happens below it; none of it is ours.
        catch (Exception e)
#pragma warning restore CA1031
        {
            var isLate = limit.IsCancellationRequested;
            var failure = isLate ? new KmsException(KmsFault.Away, $"AWS KMS did not answer {operation} in time") : KmsErrors.Of(operation, e);
            outcome = isLate ? "timeout" : KmsErrors.NameOf(failure.Fault);
            Count(failure.Fault);
            throw failure;
        }
        finally
        {
            _metrics.KmsAsked(operation, outcome, Stopwatch.GetElapsedTime(started));
        }
    }

    private void Count(KmsFault fault)
    {
        if (fault != KmsFault.Away)
        {
            // An answer, if not a good one.
            Volatile.Write(ref _failures, 0);
            return;
        }

        Volatile.Write(ref _failedAt, Stopwatch.GetTimestamp());
        Interlocked.Increment(ref _failures);
    }

    private static KeyMetadata Named(string operation, KeyMetadata? key) =>
        key?.Arn is { Length: > 0 and <= 512 } arn && arn.StartsWith("arn:", StringComparison.Ordinal) && arn.All(c => char.IsAsciiLetterOrDigit(c) || c is ':' or '/' or '-' or '_')
            ? key
            : throw new KmsException(KmsFault.Garbage, $"AWS KMS answered {operation} without the name of a key");

    private AmazonKeyManagementServiceClient Client(KmsOptions options, int retries, AWSCredentials? credentials)
    {
        var config = new AmazonKeyManagementServiceConfig
        {
            // Else the client asks the machine's metadata service where it is.
            DefaultConfigurationMode = DefaultConfigurationMode.Standard,
            RetryMode = RequestRetryMode.Standard,
            MaxErrorRetry = retries,
            Timeout = options.Timeout,
            HttpClientFactory = _transport,
            // No variable of the environment sends us elsewhere.
            IgnoreConfiguredEndpointUrls = true,
            AllowAutoRedirect = false,
            DisableLogging = true,
        };
        if (options.Endpoint is { } endpoint) (config.ServiceURL, config.AuthenticationRegion) = (endpoint.AbsoluteUri, options.Region);
        else config.RegionEndpoint = RegionEndpoint.GetBySystemName(options.Region);
        return credentials is null ? new AmazonKeyManagementServiceClient(config) : new AmazonKeyManagementServiceClient(credentials, config);
    }
}

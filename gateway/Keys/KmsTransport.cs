using Amazon.Runtime;

namespace Sallyport.Gateway.Keys;

/// <summary>The connections to AWS KMS: one pool, no redirects, answers of bounded size.</summary>
internal sealed class KmsTransport : HttpClientFactory, IDisposable
{
    private readonly HttpClient _client;

    public KmsTransport(TimeSpan timeout)
    {
        var sockets = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = timeout,
            MaxConnectionsPerServer = 2 * KmsCalls.MostSignatures,
            // Another address of KMS is found when the first one goes.
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        };
        _client = new HttpClient(new KmsAnswerLimit(sockets)) { Timeout = timeout };
    }

    public override HttpClient CreateHttpClient(IClientConfig clientConfig) => _client;

    public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

    public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;

    public void Dispose() => _client.Dispose();
}

using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Sallyport.Tests.Support;
using StackExchange.Redis;

namespace Sallyport.Tests.Compat;

/// <summary>TLS between the client and the server.</summary>
public sealed class EncryptionTests : IDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly DirectoryInfo _files = Directory.CreateTempSubdirectory("sallyport-certificates-");
    private readonly int _port = FreePort.Next();

    public void Dispose()
    {
        _authority.Dispose();
        _files.Delete(recursive: true);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Commands_and_large_values_pass_over_TLS_with_a_trusted_certificate(SslProtocols protocol)
    {
        await using var server = await StartAsync();
        await using var client = await ConnectAsync(_authority, protocol);
        var redis = client.GetDatabase();
        var value = RandomNumberGenerator.GetBytes(5_000_000);

        Assert.True(await redis.StringSetAsync("large", value));
        Assert.True(((ReadOnlyMemory<byte>)await redis.StringGetAsync("large")).Span.SequenceEqual(value));
        var counts = await Task.WhenAll(Enumerable.Range(0, 2_000).Select(_ => redis.StringIncrementAsync("count")));
        Assert.Equal(Enumerable.Range(1, 2_000).Select(i => (long)i), counts);
    }

    [Fact]
    public async Task A_certificate_of_an_authority_that_is_not_trusted_is_refused()
    {
        using var another = new TestAuthority();
        await using var server = await StartAsync();

        var error = await Assert.ThrowsAsync<RedisConnectionException>(() => ConnectAsync(another, SslProtocols.None));
        Assert.Equal(ConnectionFailureType.AuthenticationFailure, error.FailureType);
        await using var trusting = await ConnectAsync(_authority, SslProtocols.None);
        Assert.True(await trusting.GetDatabase().StringSetAsync("key", "value"));
    }

    [Fact]
    public async Task A_connection_over_TLS_comes_back_when_the_server_was_killed()
    {
        await using var server = await StartAsync();
        await using var client = await ConnectAsync(_authority, SslProtocols.None, Outages.Impatient);
        var redis = client.GetDatabase();
        Assert.True(await redis.StringSetAsync("key", "value"));

        await server.Kill();
        await Assert.ThrowsAnyAsync<RedisException>(() => redis.StringGetAsync("key").WaitAsync(TimeSpan.FromSeconds(20)));

        await server.StartAgain();
        await Poll.Until(() => Outages.Answers(redis), TimeSpan.FromSeconds(20));
        Assert.True(await redis.StringSetAsync("key", "value"));
    }

    private async Task<RedisServer> StartAsync()
    {
        var certificate = Path.Combine(_files.FullName, "server.pem");
        var key = Path.Combine(_files.FullName, "server.key");
        await File.WriteAllTextAsync(certificate, _authority.Server.ExportCertificatePem());
        await File.WriteAllTextAsync(key, _authority.Server.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        return await RedisServer.StartAsync(
            "--tls-port", $"{_port}", "--tls-cert-file", certificate, "--tls-key-file", key, "--tls-ca-cert-file", certificate, "--tls-auth-clients", "no");
    }

    private async Task<ConnectionMultiplexer> ConnectAsync(TestAuthority trusted, SslProtocols protocol, Action<ConfigurationOptions>? adjust = null)
    {
        var options = new ConfigurationOptions
        {
            EndPoints = { { "127.0.0.1", _port } },
            Ssl = true,
            SslHost = "localhost",
            SslProtocols = protocol,
            AsyncTimeout = 20_000,
            ConnectRetry = 1,
        };
        options.CertificateValidation += (_, certificate, _, _) =>
        {
            using var chain = new X509Chain { ChainPolicy = trusted.Trusting() };
            return chain.Build((X509Certificate2)certificate!);
        };
        adjust?.Invoke(options);
        return await ConnectionMultiplexer.ConnectAsync(options);
    }
}

using System.Security.Cryptography.X509Certificates;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Redis;

/// <summary>A server that also speaks TLS, with a certificate of an authority of the test's.</summary>
internal sealed class TlsRedis : IAsyncDisposable
{
    private readonly DirectoryInfo _files;
    private readonly RedisServer _server;

    private TlsRedis(DirectoryInfo files, RedisServer server, int port) => (_files, _server, Port) = (files, server, port);

    /// <summary>That of TLS.</summary>
    public int Port { get; }

    public static async Task<TlsRedis> StartAsync(TestAuthority authority)
    {
        var files = Directory.CreateTempSubdirectory("sallyport-certificates-");
        var (certificate, key) = (Path.Combine(files.FullName, "server.pem"), Path.Combine(files.FullName, "server.key"));
        await File.WriteAllTextAsync(certificate, authority.Server.ExportCertificatePem());
        await File.WriteAllTextAsync(key, authority.Server.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        var port = FreePort.Next();
        var server = await RedisServer.StartAsync(
            "--tls-port", $"{port}", "--tls-cert-file", certificate, "--tls-key-file", key, "--tls-ca-cert-file", certificate, "--tls-auth-clients", "no");
        return new TlsRedis(files, server, port);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _files.Delete(recursive: true);
    }
}

using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace Sallyport.LoadTests.Parts;

/// <summary>HAProxy with jwt_verify: signature, issuer and expiry. It tells the upstream nothing of the caller, and takes the token out.</summary>
/// <remarks>It knows ES256 and RS256, and no EdDSA. Scope, audience and tenant are not asked for: that is in its favour.</remarks>
internal static class HaProxy
{
    public const string Program = "haproxy";

    /// <summary>Writes its configuration and the keys into the directory and starts it.</summary>
    /// <param name="directory">Where its files go.</param>
    /// <param name="port">Where it listens.</param>
    /// <param name="upstream">Where requests go.</param>
    /// <param name="issuer">The <c>iss</c> of good tokens.</param>
    /// <param name="keys">JWKs; one with <c>alg</c> ES256 and one with RS256 are taken.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public static async Task<ChildProcess> StartAsync(string directory, int port, EndPoint upstream, string issuer, JsonArray keys, CancellationToken cancellation)
    {
        foreach (var key in keys)
            if (PublicPem.Of(key!) is { } pem)
                await File.WriteAllTextAsync(Path.Combine(directory, $"{key!["alg"]}.pem"), pem, cancellation);

        var file = Path.Combine(directory, "haproxy.cfg");
        var text = string.Create(CultureInfo.InvariantCulture, $$"""
            global
                maxconn 4096
            defaults
                mode http
                timeout connect 5s
                timeout client 5m
                timeout server 5m
                http-reuse always
            frontend door
                bind 127.0.0.1:{{port}}
                http-request set-var(txn.bearer) http_auth_bearer
                http-request set-var(txn.alg) var(txn.bearer),jwt_header_query('$.alg')
                http-request set-var(txn.iss) var(txn.bearer),jwt_payload_query('$.iss')
                http-request set-var(txn.exp) var(txn.bearer),jwt_payload_query('$.exp','int')
                http-request set-var(txn.now) date()
                http-request deny unless { var(txn.iss) -m str {{issuer}} }
                http-request deny unless { var(txn.exp),sub(txn.now) -m int gt 0 }
                http-request deny if { var(txn.alg) -m str ES256 } !{ var(txn.bearer),jwt_verify(txn.alg,"{{directory}}/ES256.pem") -m int 1 }
                http-request deny if { var(txn.alg) -m str RS256 } !{ var(txn.bearer),jwt_verify(txn.alg,"{{directory}}/RS256.pem") -m int 1 }
                http-request deny unless { var(txn.alg) -m str ES256 RS256 }
                http-request del-header Authorization
                default_backend service
            backend service
                server only {{upstream}}

            """);
        await File.WriteAllTextAsync(file, text, cancellation);
        return await ChildProcess.RunAsync(Program, directory, port, ["-db", "-f", file], cancellation);
    }
}

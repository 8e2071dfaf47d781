using System.Text.Json.Nodes;
using Sallyport.Gateway.Trust;
using Sallyport.Policies;

namespace Sallyport.Tests.Configuration;

public class SampleTests
{
    [Fact]
    public void The_sample_reads_without_mistakes_and_as_it_says()
    {
        var (options, mistakes) = Sample.Read(Sample.Json);

        Assert.Empty(mistakes);
        Assert.NotNull(options);
        var corp = options.TrustedIssuers.Single(issuer => issuer.Name == "corp");
        Assert.Equal("https://id.example.com", corp.Issuer);
        Assert.Equal(["api"], corp.Audiences);
        Assert.Equal(["ES256", "RS256", "EdDSA"], corp.Algorithms);
        Assert.Equal(TimeSpan.FromSeconds(30), corp.ClockSkew);
        Assert.Equal(TimeSpan.FromDays(1), corp.MaxLifetime);
        Assert.Equal(["org_id"], corp.RequiredClaims);
        Assert.Equal(KeySourceKind.JwksUri, corp.Keys.Kind);
        Assert.Equal(new("https://id.example.com/jwks"), corp.Keys.JwksUri);
        Assert.Equal(262144, corp.Keys.MaxBytes);
        Assert.Equal(
            [KeySourceKind.JwksUri, KeySourceKind.Derived, KeySourceKind.Inline, KeySourceKind.Own, KeySourceKind.Discovery],
            options.TrustedIssuers.OrderBy(issuer => issuer.Name, StringComparer.Ordinal).Select(issuer => issuer.Keys.Kind));

        var inline = options.TrustedIssuers.Single(issuer => issuer.Name == "inline");
        Assert.False(inline.Required);
        var key = JsonNode.Parse(inline.Keys.Inline!)!["keys"]![0]!;
        Assert.Equal("OKP", (string?)key["kty"]);
        Assert.Equal("verify", (string?)key["key_ops"]![0]);

        var orders = options.Policies.Single(policy => policy.Name == "orders-read");
        Assert.True(orders.Required);
        Assert.Equal(["corp"], orders.Issuers);
        Assert.Equal(["orders"], orders.Audiences);
        Assert.Equal(["orders:read"], orders.AllScopes);
        Assert.Empty(orders.AnyScopes);
        Assert.Equal(["true"], orders.Claims["email_verified"]);
        Assert.Equal(["reader", "writer"], orders.Claims["https://example.com/roles"]);
        Assert.Equal(["3"], orders.Claims["level"]);
        Assert.Equal(new TenantRule("tenant", "org_id"), orders.Tenant);
        Assert.Equal(TokenSource.Header, orders.Token);
        Assert.Equal(new TokenSource(TokenPlace.Cookie, "__Host-session"), options.Policies.Single(policy => policy.Name == "browser").Token);
        Assert.Equal(new TokenSource(TokenPlace.Query, "access_token"), options.Policies.Single(policy => policy.Name == "download").Token);
        Assert.Equal(["any-token", "orders-read"], options.Policies.Single(policy => policy.Name == "either").AnyOf);

        Assert.Equal("https://example.com/roles", options.Forwarding.Claims["Roles"]);
        Assert.False(options.Forwarding.KeepToken);
        Assert.Equal("grpc", options.Telemetry.OtlpProtocol);
        Assert.Equal("reader", options.Demonstration.Requests[0].Claims!["https://example.com/roles"]);
        Assert.Null(options.Demonstration.Requests[1].Claims);
        Assert.Equal("Keep", options.Routes.Single(route => route.RouteId == "orders").Metadata!["Sallyport:Token"]);
        Assert.Equal("orders", options.Routes.Single(route => route.RouteId == "orders").Metadata!["Team"]);
        Assert.Equal("backend", options.Clusters.Single().ClusterId);
    }

    [Fact]
    public void An_empty_configuration_reads_as_the_standard_values()
    {
        var (options, mistakes) = Sample.Read("{}", "Production");

        Assert.Empty(mistakes);
        Assert.Empty(options!.TrustedIssuers);
        Assert.Equal("X-Auth-", options.Forwarding.Prefix);
        Assert.Equal(20_000, options.VerifiedTokens.MaxEntries);
        Assert.Equal(new("http://127.0.0.1:8081"), options.Admin.Url);
    }
}

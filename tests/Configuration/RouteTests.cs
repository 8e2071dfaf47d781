namespace Sallyport.Tests.Configuration;

public class RouteTests
{
    private const string Orders = "ReverseProxy Routes orders ";

    [Theory]
    [Trait("Acceptance", "B6")]
    [InlineData(null)]
    [InlineData("\"\"")]
    [InlineData("\" \"")]
    [InlineData("\"Default\"")]
    [InlineData("\"default\"")]
    public void A_route_without_policy_and_without_anonymous_mark_is_a_mistake_that_names_it(string? policy)
    {
        Assert.Empty(Sample.Read(Sample.With(Orders + "AuthorizationPolicy", "\"orders-read\"")).Mistakes);
        Assert.Empty(Sample.Read(Sample.With(Orders + "AuthorizationPolicy", "\"Anonymous\"")).Mistakes);

        var reading = Sample.Read(Sample.With(Orders + "AuthorizationPolicy", policy));

        Assert.Null(reading.Options);
        var mistake = Assert.Single(reading.Mistakes);
        Assert.Equal("$.ReverseProxy.Routes.orders.AuthorizationPolicy", mistake.Path);
        Assert.Contains("\"orders\"", mistake.Problem, StringComparison.Ordinal);
        Assert.Equal("Name a policy of Sallyport.Policies, or \"Anonymous\" for an open route.", mistake.Mend);
    }

    [Theory]
    [InlineData(Orders + "AuthorizationPolicy", "\"order-read\"", "\"any-token\"", "AuthorizationPolicy", "Did you mean \"orders-read\"?")]
    [InlineData(Orders + "AuthorizationPolicy", "\"Orders-Read\"", "\"both\"", "AuthorizationPolicy", "Did you mean \"orders-read\"?")]
    [InlineData(Orders + "AuthorizationPolicy", "\"Anonymus\"", "\"ANONYMOUS\"", "AuthorizationPolicy", "Did you mean \"Anonymous\"?")]
    [InlineData(Orders + "ClusterId", "\"backends\"", "\"backend\"", "ClusterId", "Did you mean \"backend\"?")]
    [InlineData(Orders + "ClusterId", null, "\"backend\"", "ClusterId", "Name a cluster of ReverseProxy.Clusters.")]
    [InlineData(Orders + "Match", "{\"Path\":\"/orders/{tenants}\"}", "{\"Path\":\"/orders/{tenant:int}\"}", "Match.Path", "Put {tenant} into the path")]
    [InlineData(Orders + "Match", "{\"Path\":\"/orders/tenant\"}", "{\"Path\":\"/{TENANT?}\"}", "Match.Path", "Put {tenant} into the path")]
    [InlineData(Orders + "Match", "{\"Hosts\":[\"a.example.com\"]}", "{\"Hosts\":[\"a.example.com\"],\"Path\":\"/{tenant=x}\"}", "Match.Path", "Put {tenant} into the path")]
    [InlineData(Orders + "Metadata", "{\"Sallyport:Token\":\"Hide\"}", "{\"Sallyport:Token\":\"Strip\"}", "Metadata['Sallyport:Token']", "Write \"Keep\" or \"Strip\".")]
    [InlineData(Orders + "Metadata", "{\"Sallyport:Tokens\":\"Keep\"}", "{\"sallyport:token\":\"Keep\"}", "Metadata['Sallyport:Tokens']", "Did you mean \"Sallyport:Token\"?")]
    [InlineData(Orders + "Metadata", "{\"Sallyport:Revision\":\"1\"}", "{\"Revision\":\"1\"}", "Metadata['Sallyport:Revision']", "Take it out.")]
    [InlineData(Orders + "Metadata", "{\"Sallyport:Audience\":\"orders\"}", "{\"Audience\":\"orders\"}", "Metadata['Sallyport:Audience']", "Put it there")]
    [InlineData(Orders + "Metadata", "{\"Sallyport\":\"Keep\"}", "{\"Sally\":\"port\"}", "Metadata.Sallyport", "")]
    [InlineData(Orders + "Transforms", "[{\"RequestHeader\":\"X-Auth-Subject\",\"Set\":\"root\"}]", "[{\"RequestHeader\":\"X-Author\",\"Set\":\"root\"}]", "Transforms[0].RequestHeader", "Take it out")]
    [InlineData(Orders + "Transforms", "[{\"PathPrefix\":\"/x\"},{\"RequestHeader\":\"x_auth.anything\",\"Append\":\"root\"}]", "[{\"RequestHeader\":\"xauth-subject\",\"Set\":\"root\"}]", "Transforms[1].RequestHeader", "Take it out")]
    [InlineData(Orders + "Transforms", "[{\"RequestHeaderRouteValue\":\"X-AUTH-Tenant\",\"Set\":\"tenant\"}]", "[{\"RequestHeaderRouteValue\":\"X-Tenant\",\"Set\":\"tenant\"}]", "Transforms[0].RequestHeaderRouteValue", "Take it out")]
    [InlineData(Orders + "Transforms", "[{\"ClientCert\":\"X-Auth-Subject\"}]", "[{\"ClientCert\":\"X-Client-Cert\"}]", "Transforms[0].ClientCert", "Take it out")]
    [InlineData(Orders + "Transforms", "[{\"X-Forwarded\":\"Set\",\"HeaderPrefix\":\"X-Auth-\"}]", "[{\"X-Forwarded\":\"Set\",\"HeaderPrefix\":\"X-Forwarded-\"}]", "Transforms[0].HeaderPrefix", "Take it out")]
    [InlineData(Orders + "Transforms", "[{\"RequestHeader\":\"X-Auth-Subject\",\"Set\":\"root\"}]", "[{\"RequestHeaderRemove\":\"X-Auth-Subject\"},{\"RequestHeadersAllowed\":\"A;B\"}]", "Transforms[0].RequestHeader", "Take it out")]
    public void Broken_in_one_place_a_route_has_one_mistake_there(string place, string? wrong, string right, string path, string mend)
    {
        Assert.Empty(Sample.Read(Sample.With(place, right)).Mistakes);

        var mistake = Assert.Single(Sample.Read(Sample.With(place, wrong)).Mistakes);

        Assert.Equal("$.ReverseProxy.Routes.orders." + path, mistake.Path);
        Assert.Contains(mend, mistake.Mend, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1:9000")]
    [InlineData("localhost:9000")]
    [InlineData("/upstream")]
    [InlineData("ftp://127.0.0.1:9000")]
    public void A_destination_is_an_http_or_https_url(string address)
    {
        const string Place = "ReverseProxy Clusters backend Destinations one Address";
        Assert.Empty(Sample.Read(Sample.With(Place, "\"https://127.0.0.1:9000/base\"")).Mistakes);

        var mistake = Assert.Single(Sample.Read(Sample.With(Place, $"\"{address}\"")).Mistakes);

        Assert.Equal("$.ReverseProxy.Clusters.backend.Destinations.one.Address", mistake.Path);
        Assert.Contains("scheme", mistake.Mend, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("either", "$.ReverseProxy.Routes.open.Match.Path")]
    [InlineData("both", "$.ReverseProxy.Routes.open.Match.Path")]
    public void A_tenant_rule_of_a_combined_policy_needs_its_route_value_too(string policy, string path)
    {
        const string Place = "ReverseProxy Routes open";
        Assert.Empty(Sample.Read(Sample.With(Place, $$$"""{"ClusterId":"backend","AuthorizationPolicy":"{{{policy}}}","Match":{"Path":"/open/{tenant}"}}""")).Mistakes);

        var mistake = Assert.Single(Sample.Read(Sample.With(Place, $$$"""{"ClusterId":"backend","AuthorizationPolicy":"{{{policy}}}","Match":{"Path":"/open"}}""")).Mistakes);

        Assert.Equal(path, mistake.Path);
        Assert.Contains("\"orders-read\"", mistake.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Orders + "Order", "\"first\"", "1", "$.ReverseProxy.Routes.orders")]
    [InlineData(Orders + "MaxRequestBodySize", "\"big\"", "1000", "$.ReverseProxy.Routes.orders")]
    [InlineData(Orders + "Match", "{}", "{\"Path\":\"/{tenant}\"}", "$.ReverseProxy.Routes.orders")]
    [InlineData(Orders + "Match", "{\"Path\":\"/{tenant\"}", "{\"Path\":\"/{tenant}\"}", "$.ReverseProxy.Routes.orders")]
    [InlineData(Orders + "Transforms", "[{\"PathPrefi\":\"/x\"}]", "[{\"PathPrefix\":\"/x\"}]", "$.ReverseProxy.Routes.orders")]
    [InlineData(Orders + "CorsPolicy", "\"nobody\"", "\"Disable\"", "$.ReverseProxy.Routes.orders")]
    [InlineData("ReverseProxy Clusters backend LoadBalancingPolicy", "\"Guess\"", "\"Random\"", "$.ReverseProxy.Clusters.backend")]
    [InlineData("ReverseProxy Clusters backend HttpRequest", "{\"ActivityTimeout\":\"long\"}", "{\"ActivityTimeout\":\"00:01:00\"}", "$.ReverseProxy.Clusters.backend")]
    [InlineData("ReverseProxy Clusters backend HttpRequest", "{\"Version\":\"two\"}", "{\"Version\":\"2\"}", "$.ReverseProxy.Clusters.backend")]
    public void What_YARP_refuses_is_a_mistake_at_the_route_or_cluster(string place, string wrong, string right, string path)
    {
        Assert.Empty(Sample.Read(Sample.With(place, right)).Mistakes);

        var mistakes = Sample.Read(Sample.With(place, wrong)).Mistakes;

        Assert.NotEmpty(mistakes);
        Assert.Contains(mistakes, mistake => mistake.Path == path);
        Assert.All(mistakes, mistake => Assert.StartsWith(path, mistake.Path, StringComparison.Ordinal));
    }
}

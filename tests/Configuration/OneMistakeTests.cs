namespace Sallyport.Tests.Configuration;

/// <summary>The sample reads without mistakes; with one thing broken it has that one mistake, at that place.</summary>
public class OneMistakeTests
{
    private const string Issuers = "Sallyport TrustedIssuers ";
    private const string Policies = "Sallyport Policies ";

    [Theory]
    // Keys that nobody knows.
    [InlineData("Sallyport Fowarding", "{}", "$.Sallyport.Fowarding", "Did you mean \"Forwarding\"?")]
    [InlineData(Issuers + "corp Audience", "[\"a\"]", "$.Sallyport.TrustedIssuers.corp.Audience", "Did you mean \"Audiences\"?")]
    [InlineData(Issuers + "corp Keys JwksUrl", "\"https://a\"", "$.Sallyport.TrustedIssuers.corp.Keys.JwksUrl", "Did you mean \"JwksUri\"?")]
    [InlineData(Policies + "either Scope", "{\"All\":[\"a\"]}", "$.Sallyport.Policies.either.Scope", "Did you mean \"Scopes\"?")]
    [InlineData(Policies + "orders-read Scopes Every", "[\"a\"]", "$.Sallyport.Policies.orders-read.Scopes.Every", "Known here: All, Any.")]
    [InlineData(Policies + "orders-read Tenant Calim", "\"x\"", "$.Sallyport.Policies.orders-read.Tenant.Calim", "Did you mean \"Claim\"?")]
    [InlineData(Policies + "browser Token Cokie", "\"x\"", "$.Sallyport.Policies.browser.Token.Cokie", "Did you mean \"Cookie\"?")]
    [InlineData("Sallyport Forwarding CloseOnExpire", "true", "$.Sallyport.Forwarding.CloseOnExpire", "Did you mean \"CloseOnExpiry\"?")]
    [InlineData("Sallyport VerifiedTokens MaxEntry", "1", "$.Sallyport.VerifiedTokens.MaxEntry", "Did you mean \"MaxEntries\"?")]
    [InlineData("Sallyport Admin Uri", "\"http://127.0.0.1\"", "$.Sallyport.Admin.Uri", "Did you mean \"Url\"?")]
    [InlineData("Sallyport Telemetry 'x.y'", "1", "$.Sallyport.Telemetry['\\'x.y\\'']", "Known here: OtlpEndpoint, OtlpProtocol.")]
    [InlineData("Sallyport Demonstration Requests 1 Claim", "{\"a\":\"b\"}", "$.Sallyport.Demonstration.Requests[1].Claim", "Did you mean \"Claims\"?")]
    [InlineData("Saleyport", "{\"Policies\":{}, \"Admin\": {\"Url\":\"x\"}}", "$.Saleyport", "Did you mean \"Sallyport\"?")]
    // Values of the wrong kind.
    [InlineData("Sallyport", "\"text\"", "$.Sallyport", "Write an object in braces.")]
    [InlineData(Issuers + "corp Audiences", "\"api\"", "$.Sallyport.TrustedIssuers.corp.Audiences", "Write a list of strings in square brackets.")]
    [InlineData(Issuers + "corp Audiences", "{\"a\":\"b\"}", "$.Sallyport.TrustedIssuers.corp.Audiences", "Write a list of strings in square brackets.")]
    [InlineData(Issuers + "corp Audiences", "[\"api\", {\"a\":\"b\"}]", "$.Sallyport.TrustedIssuers.corp.Audiences[1]", "Write a string or take it out.")]
    [InlineData(Issuers + "corp Audiences", "[\"api\", \"\"]", "$.Sallyport.TrustedIssuers.corp.Audiences[1]", "Write a string or take it out.")]
    [InlineData(Issuers + "corp Audiences", "[\"api\", null]", "$.Sallyport.TrustedIssuers.corp.Audiences[1]", "Write a string or take it out.")]
    [InlineData(Issuers + "partner Issuer", "[\"https://partner.example.com\"]", "$.Sallyport.TrustedIssuers.partner.Issuer", "Write a string.")]
    [InlineData(Issuers + "corp Required", "\"yes\"", "$.Sallyport.TrustedIssuers.corp.Required", "Write true or false.")]
    [InlineData(Policies + "orders-read Required", "1", "$.Sallyport.Policies.orders-read.Required", "Write true or false.")]
    [InlineData("Sallyport Admin", "\"http://127.0.0.1\"", "$.Sallyport.Admin", "Write an object in braces.")]
    [InlineData("Sallyport Demonstration Requests", "{\"Title\":\"x\"}", "$.Sallyport.Demonstration.Requests", "Write a list of objects in square brackets.")]
    // Issuers.
    [InlineData(Issuers + "corp Issuer", "\"\"", "$.Sallyport.TrustedIssuers.corp.Issuer", "Give it a value or leave it out.")]
    [InlineData(Issuers + "corp Issuer", null, "$.Sallyport.TrustedIssuers.corp.Issuer", "Write the exact value of the iss claim")]
    [InlineData(Issuers + "corp Issuer", "\" https://id.example.com\"", "$.Sallyport.TrustedIssuers.corp.Issuer", "Take them out.")]
    [InlineData(Issuers + "corp Types", "[]", "$.Sallyport.TrustedIssuers.corp.Types", "leave it out for at+jwt and JWT")]
    [InlineData(Issuers + "corp Types", "[\"application/at+jwt\"]", "$.Sallyport.TrustedIssuers.corp.Types[0]", "Write \"at+jwt\"")]
    [InlineData(Issuers + "corp Keys MaxStale", "\"00:04:59\"", "$.Sallyport.TrustedIssuers.corp.Keys.MaxStale", "Make it at least as long")]
    // Policies.
    [InlineData(Policies + "orders-read Issuers", "[\"corq\"]", "$.Sallyport.Policies.orders-read.Issuers[0]", "Did you mean \"corp\"?")]
    [InlineData(Policies + "orders-read Issuers", "[\"Corp\"]", "$.Sallyport.Policies.orders-read.Issuers[0]", "Did you mean \"corp\"?")]
    [InlineData(Policies + "orders-read Issuers", "[]", "$.Sallyport.Policies.orders-read.Issuers", "List at least one, or leave it out.")]
    [InlineData(Policies + "orders-read Audiences", "[]", "$.Sallyport.Policies.orders-read.Audiences", "List at least one, or leave it out.")]
    [InlineData(Policies + "either AnyOf", "[]", "$.Sallyport.Policies.either.AnyOf", "List at least one, or leave it out.")]
    [InlineData(Policies + "either AnyOf", "[\"any-tokens\"]", "$.Sallyport.Policies.either.AnyOf[0]", "Did you mean \"any-token\"?")]
    [InlineData(Policies + "both AllOf", "[\"any-token\", \"Anonymous\"]", "$.Sallyport.Policies.both.AllOf[1]", "Known here: any-token, both")]
    [InlineData(Policies + "any-token AllOf", "[\"any-token\"]", "$.Sallyport.Policies.any-token", "Take one of these out")]
    [InlineData(Policies + "any-token AnyOf", "[\"both\"]", "$.Sallyport.Policies.any-token", "Take one of these out")]
    [InlineData(Policies + "anonymous", "{}", "$.Sallyport.Policies.anonymous", "Choose another name.")]
    [InlineData(Policies + "Default", "{}", "$.Sallyport.Policies.Default", "Choose another name.")]
    [InlineData(Policies, "{}", "$.Sallyport.Policies['']", "Give it a name.")]
    [InlineData(Policies + "orders-read Scopes All", "[\"orders:read orders:write\"]", "$.Sallyport.Policies.orders-read.Scopes.All[0]", "Write each scope as an element of its own")]
    [InlineData(Policies + "orders-read Claims email_verified", "[]", "$.Sallyport.Policies.orders-read.Claims.email_verified", "List the values that may pass")]
    [InlineData(Policies + "orders-read Claims email_verified", "{}", "$.Sallyport.Policies.orders-read.Claims.email_verified", "List the values that may pass")]
    [InlineData(Policies + "orders-read Claims email_verified", "[\"\"]", "$.Sallyport.Policies.orders-read.Claims.email_verified[0]", "Write a string or take it out.")]
    [InlineData(Policies + "orders-read Claims https://example.com/roles", "[[\"x\"]]", "$.Sallyport.Policies.orders-read.Claims['https://example.com/roles'][0]", "Write a string or take it out.")]
    [InlineData(Policies + "orders-read Tenant Claim", null, "$.Sallyport.Policies.orders-read.Tenant.Claim", "A tenant rule names")]
    [InlineData(Policies + "orders-read Tenant RouteValue", null, "$.Sallyport.Policies.orders-read.Tenant.RouteValue", "A tenant rule names")]
    [InlineData(Policies + "orders-read Tenant", "\"org_id\"", "$.Sallyport.Policies.orders-read.Tenant", "")]
    [InlineData(Policies + "browser Token", "{\"Cookie\":\"a\",\"Query\":\"b\"}", "$.Sallyport.Policies.browser.Token", "Write {\"Cookie\": \"name\"} or")]
    [InlineData(Policies + "browser Token", "{}", "$.Sallyport.Policies.browser.Token", "Write {\"Cookie\": \"name\"} or")]
    [InlineData(Policies + "browser Token", "{\"Cookie\":\"a b\"}", "$.Sallyport.Policies.browser.Token.Cookie", "Use letters, digits")]
    [InlineData(Policies + "browser Token", "{\"Cookie\":\"a;b\"}", "$.Sallyport.Policies.browser.Token.Cookie", "Use letters, digits")]
    [InlineData(Policies + "browser Token", "{\"Query\":\"a&b\"}", "$.Sallyport.Policies.browser.Token.Query", "Use letters, digits")]
    [InlineData(Policies + "browser Token", "{\"Query\":\"a%20b\"}", "$.Sallyport.Policies.browser.Token.Query", "Use letters, digits")]
    // Forwarding.
    [InlineData("Sallyport Forwarding Token", "\"Hide\"", "$.Sallyport.Forwarding.Token", "Write \"Strip\" or \"Keep\".")]
    [InlineData("Sallyport Forwarding Prefix", "\"X-Auth\"", "$.Sallyport.Forwarding.Prefix", "Write letters and digits in groups")]
    [InlineData("Sallyport Forwarding Prefix", "\"X--Auth-\"", "$.Sallyport.Forwarding.Prefix", "Write letters and digits in groups")]
    [InlineData("Sallyport Forwarding Prefix", "\"-X-\"", "$.Sallyport.Forwarding.Prefix", "Write letters and digits in groups")]
    [InlineData("Sallyport Forwarding Prefix", "\"X_Auth_\"", "$.Sallyport.Forwarding.Prefix", "Write letters and digits in groups")]
    [InlineData("Sallyport Forwarding Prefix", "\"1-2-\"", "$.Sallyport.Forwarding.Prefix", "Write letters and digits in groups")]
    [InlineData("Sallyport Forwarding Prefix", "\"X-Auth-\\n\"", "$.Sallyport.Forwarding.Prefix", "Write letters and digits in groups")]
    [InlineData("Sallyport Forwarding Prefix", "\"x-forwarded-\"", "$.Sallyport.Forwarding.Prefix", "Choose a prefix that no ordinary header has")]
    [InlineData("Sallyport Forwarding Prefix", "\"Content-\"", "$.Sallyport.Forwarding.Prefix", "Choose a prefix that no ordinary header has")]
    [InlineData("Sallyport Forwarding Claims Subject", "\"email\"", "$.Sallyport.Forwarding.Claims.Subject", "Choose another name for the header.")]
    [InlineData("Sallyport Forwarding Claims token-ID", "\"email\"", "$.Sallyport.Forwarding.Claims.token-ID", "Choose another name for the header.")]
    [InlineData("Sallyport Forwarding Claims assertion", "\"email\"", "$.Sallyport.Forwarding.Claims.assertion", "Choose another name for the header.")]
    [InlineData("Sallyport Forwarding Claims a_b", "\"email\"", "$.Sallyport.Forwarding.Claims.a_b", "Use letters and digits")]
    [InlineData("Sallyport Forwarding Claims a--b", "\"email\"", "$.Sallyport.Forwarding.Claims.a--b", "Use letters and digits")]
    [InlineData("Sallyport Forwarding Claims é", "\"email\"", "$.Sallyport.Forwarding.Claims['é']", "Use letters and digits")]
    [InlineData("Sallyport Forwarding Claims Email", "\"\"", "$.Sallyport.Forwarding.Claims.Email", "Write the name of one claim.")]
    [InlineData("Sallyport Forwarding Claims Email", "[\"a\",\"b\"]", "$.Sallyport.Forwarding.Claims.Email", "Write the name of one claim.")]
    // The rest.
    [InlineData("Sallyport Admin Url", "\"127.0.0.1:8081\"", "$.Sallyport.Admin.Url", "Write it in full")]
    [InlineData("Sallyport Admin Url", "\"https://127.0.0.1:8081\"", "$.Sallyport.Admin.Url", "Write it like")]
    [InlineData("Sallyport Admin Url", "\"http://127.0.0.1:8081/health\"", "$.Sallyport.Admin.Url", "Write it like")]
    [InlineData("Sallyport Admin Url", "\"http://admin.example.com:8081\"", "$.Sallyport.Admin.Url", "\"0.0.0.0\" if every address is meant")]
    [InlineData("Sallyport Telemetry OtlpProtocol", "\"http/json\"", "$.Sallyport.Telemetry.OtlpProtocol", "Write \"grpc\" or \"http/protobuf\".")]
    [InlineData("Sallyport Telemetry OtlpEndpoint", "\"ftp://localhost\"", "$.Sallyport.Telemetry.OtlpEndpoint", "Write it in full")]
    [InlineData("Sallyport Telemetry OtlpEndpoint", "\"http://me:pw@localhost\"", "$.Sallyport.Telemetry.OtlpEndpoint", "Take the part before the @ out")]
    [InlineData("Sallyport Demonstration Upstream", "\"http://example.com\"", "$.Sallyport.Demonstration.Upstream", "Write an IP address or localhost")]
    [InlineData("Sallyport Demonstration Requests 1 Path", "\"orders\"", "$.Sallyport.Demonstration.Requests[1].Path", "Begin with a slash")]
    [InlineData("Sallyport Demonstration Requests 1 Path", "\"/o'; rm\"", "$.Sallyport.Demonstration.Requests[1].Path", "Begin with a slash")]
    [InlineData("Sallyport Demonstration Requests 1 Title", null, "$.Sallyport.Demonstration.Requests[1].Title", "A request has a Title and a Path.")]
    [InlineData("Sallyport Demonstration Requests 0 Claims a", "[\"b\",\"c\"]", "$.Sallyport.Demonstration.Requests[0].Claims.a", "Write a name and a string.")]
    public void Broken_in_one_place_it_has_one_mistake_there(string place, string? json, string path, string mend)
    {
        Assert.Empty(Sample.Read(Sample.Node()).Mistakes);

        var reading = Sample.Read(Sample.With(place, json));

        Assert.Null(reading.Options);
        var own = reading.Mistakes.Where(mistake => !mistake.Path.StartsWith("$.ReverseProxy", StringComparison.Ordinal)).ToList();
        Assert.Contains(own, mistake => mistake.Path == path && mistake.Mend.Contains(mend, StringComparison.Ordinal));
        Assert.All(own, mistake => Assert.StartsWith(path, mistake.Path, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Issuers + "corp ClockSkew", "00:00:00", "00:05:00", "00:05:01")]
    [InlineData(Issuers + "corp MaxLifetime", "00:00:01", "30.00:00:00", "30.00:00:01")]
    [InlineData(Issuers + "corp MaxLifetime", "00:00:01", "30.00:00:00", "00:00:00")]
    [InlineData(Issuers + "corp Keys SoftExpiry", "00:00:01", "23:59:59", "1.00:00:01")]
    [InlineData(Issuers + "corp Keys SoftExpiry", "00:00:01", "23:59:59", "00:00:00.9990000")]
    [InlineData(Issuers + "corp Keys MaxStale", "00:05:00", "30.00:00:00", "30.00:00:01")]
    [InlineData(Issuers + "corp Keys Cooldown", "00:00:00.100", "01:00:00", "01:00:01")]
    [InlineData(Issuers + "corp Keys Cooldown", "00:00:00.100", "01:00:00", "00:00:00.099")]
    [InlineData(Issuers + "corp Keys Timeout", "00:00:00.100", "00:00:30", "00:00:31")]
    [InlineData("Sallyport VerifiedTokens MaxAge", "00:00:01", "1.00:00:00", "1.00:00:01")]
    [InlineData("Sallyport VerifiedTokens MaxAge", "00:00:01", "1.00:00:00", "-00:00:01")]
    [InlineData("Sallyport VerifiedTokens MaxAge", "00:00:01", "1.00:00:00", "unlimited")]
    [InlineData("Sallyport VerifiedTokens MaxAge", "00:00:01", "1.00:00:00", "5")]
    [InlineData("Sallyport VerifiedTokens MaxAge", "00:00:01", "1.00:00:00", "PT5M")]
    [InlineData("Sallyport VerifiedTokens MaxAge", "00:00:01", "1.00:00:00", "24:00:00")]
    [InlineData("Sallyport VerifiedTokens MaxAge", "00:00:01", "1.00:00:00", "99999.23:59:59")]
    [InlineData("Sallyport VerifiedTokens MaxAge", "00:00:01", "1.00:00:00", "٠٠:00:01")]
    public void Durations_keep_to_their_bounds(string place, string least, string most, string wrong) => Bounds(place, $"\"{least}\"", $"\"{most}\"", $"\"{wrong}\"");

    [Theory]
    [InlineData(Issuers + "corp Keys MaxBytes", 1024, 4 * 1024 * 1024)]
    [InlineData(Issuers + "corp Keys MaxKeys", 1, 1000)]
    [InlineData("Sallyport VerifiedTokens MaxEntries", 0, 5_000_000)]
    [InlineData("Sallyport VerifiedTokens MaxTokenBytes", 256, 16384)]
    [InlineData("Sallyport Forwarding MaxBytes", 256, 65536)]
    public void Numbers_keep_to_their_bounds(string place, int least, int most)
    {
        foreach (var wrong in (string[])[$"{least - 1}", $"{most + 1}", "1.5", "1e3", "99999999999999999999999999", "\"many\"", "\" 5\"", "true", "[5]"])
            Bounds(place, $"{least}", $"{most}", wrong);
    }

    [Fact]
    public void A_day_written_in_hours_is_told_how_to_write_it()
    {
        var mistake = Assert.Single(Sample.Read(Sample.With(Issuers + "corp MaxLifetime", "\"24:00:00\"")).Mistakes);

        Assert.Contains("\"1.00:00:00\"", mistake.Mend, StringComparison.Ordinal);
    }

    private static void Bounds(string place, string least, string most, string wrong)
    {
        Assert.Empty(Sample.Read(Sample.With(place, least)).Mistakes);
        Assert.Empty(Sample.Read(Sample.With(place, most)).Mistakes);
        var mistake = Assert.Single(Sample.Read(Sample.With(place, wrong)).Mistakes);
        Assert.Equal("$." + place.Replace(' ', '.'), mistake.Path);
    }
}

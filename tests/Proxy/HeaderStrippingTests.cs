using Sallyport.Gateway.Proxy;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Proxy;

public sealed class HeaderStrippingTests
{
    public static TheoryData<string> Aliases =>
    [
        "X-Auth-Subject", "x-auth-subject", "X-AUTH-SUBJECT", "X_Auth_Subject", "X.Auth.Subject", "X-Auth_Subject", "x_auth-issuer",
        "X~Auth~Subject", "X!Auth#Subject", "X-Auth-Email", "X-Auth-Anything", "X-Auth-", "X--Auth--Subject", "_X-Auth-Subject", "X|Auth|Assertion",
    ];

    [Theory]
    [MemberData(nameof(Aliases))]
    [Trait("Acceptance", "D12")]
    public async Task An_identity_header_of_the_clients_never_reaches_an_upstream(string name)
    {
        await using var house = await House.OpenAsync();
        foreach (var (path, token) in new[] { ("/open", null), ("/optional", null), ("/any", house.Token()), ("/optional", house.Token()) })
        {
            var authorization = token is null ? "" : $"Authorization: Bearer {token}\r\n";
            var answer = await RawHttp.SendAsync(
                house.Gateway.Url,
                $"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{authorization}{name}: root\r\nX-Other: kept\r\n{name}: root\r\n\r\n");
            Assert.Equal(200, answer.Status);

            var received = house.Upstream.Requests[^1];
            Assert.Equal("kept", received.Header("X-Other"));
            Assert.DoesNotContain(received.Headers, header => header.Value == "root");
            Assert.Equal(token is null ? null : "alice", received.Header("X-Auth-Subject"));
        }
    }

    [Theory]
    [InlineData("X-Authority")]
    [InlineData("X-Auth")]
    [InlineData("X-Authenticated-User")]
    [InlineData("My-X-Auth-Subject")]
    [InlineData("XAuthSubject")]
    public async Task Another_header_passes(string name)
    {
        await using var house = await House.OpenAsync();
        var answer = await RawHttp.SendAsync(house.Gateway.Url, $"GET /open HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{name}: mine\r\n\r\n");
        Assert.Equal(200, answer.Status);
        Assert.Equal("mine", house.Upstream.Requests[^1].Header(name));
    }

    [Fact]
    public async Task A_connection_header_cannot_name_our_headers_away()
    {
        await using var house = await House.OpenAsync();
        var answer = await RawHttp.SendAsync(
            house.Gateway.Url,
            $"GET /any HTTP/1.1\r\nHost: x\r\nConnection: close, X-Auth-Subject\r\nAuthorization: Bearer {house.Token()}\r\n\r\n");
        Assert.Equal(200, answer.Status);
        var received = Assert.Single(house.Upstream.Requests);
        Assert.Equal("alice", received.Header("X-Auth-Subject"));
        Assert.DoesNotContain("X-Auth", string.Join(',', received.Values("Connection")), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Every_spelling_that_a_framework_folds_is_found_and_nothing_else_throws()
    {
        var folding = new HeaderFolding("X-Auth-");
        const string Separators = "-_.!#$%&'*+^`|~";
        const string Letters = "xXaAuUtThHsSbB019";
        var random = new Random(20_240_611);
        for (var i = 0; i < 20_000; i++)
        {
            char Separator() => Separators[random.Next(Separators.Length)];
            string Case(string word) => string.Concat(word.Select(c => random.Next(2) == 0 ? char.ToUpperInvariant(c) : char.ToLowerInvariant(c)));
            var alias = $"{Case("x")}{Separator()}{Case("auth")}{Separator()}{Case("subject")}";
            Assert.True(folding.IsIdentityHeader(alias), alias);

            var noise = string.Concat(Enumerable.Range(0, random.Next(24)).Select(_ => random.Next(3) == 0 ? Separator() : Letters[random.Next(Letters.Length)]));
            var folded = string.Join('-', noise.Split([.. Separators], StringSplitOptions.RemoveEmptyEntries)).ToLowerInvariant()
                + (noise.Length > 0 && Separators.Contains(noise[^1], StringComparison.Ordinal) ? "-" : "");
            Assert.Equal(folded.StartsWith("x-auth-", StringComparison.Ordinal), folding.IsIdentityHeader(noise));
        }
    }
}

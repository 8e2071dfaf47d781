using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Sallyport.Gateway.Issuing;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Issuing;

public sealed class ClientSecretTests
{
    private const string Grant = "grant_type=client_credentials";

    [Theory]
    [InlineData("billing", "wrong")]
    [InlineData("billing", IssuingHouse.Secret + "x")]
    [InlineData("Billing", IssuingHouse.Secret)]
    [InlineData("nobody", IssuingHouse.Secret)]
    [InlineData("robot", IssuingHouse.Secret)]
    [InlineData("robot", "c1")]
    public async Task A_wrong_secret_and_an_unknown_client_get_the_same_answer(string client, string secret)
    {
        await using var house = await IssuingHouse.OpenAsync();

        var refused = await house.Ask(house.Client, IssuingHouse.Basic(client, secret), Grant);
        var accepted = await house.Ask("billing", Grant);

        Assert.Equal((401, "invalid_client"), (refused.Status, refused.Error));
        Assert.Equal("The client could not be authenticated.", (string?)refused.Body["error_description"]);
        Assert.Equal("Basic", refused.Headers.WwwAuthenticate.Single().Scheme);
        Assert.Equal(200, accepted.Status);
    }

    [Fact]
    public async Task Who_is_not_known_is_tried_against_a_hash_as_slow_as_those_of_the_clients()
    {
        await using var house = await IssuingHouse.OpenAsync();

        var nobody = house.Gateway.Services.GetRequiredService<Clients>().Nobody;

        Assert.Equal(10_000, nobody.Iterations);
        Assert.False(nobody.Matches(Encoding.UTF8.GetBytes(IssuingHouse.Secret)));
    }

    [Theory]
    // No colon, no name, no secret, no base64, no UTF-8, halves that are no form encoding, control characters.
    [InlineData("billing")]
    [InlineData(":secret")]
    [InlineData("billing:")]
    [InlineData("billing:%ff")]
    [InlineData("billing:%2")]
    [InlineData("billing:%zz")]
    [InlineData("billing:a%00b")]
    [InlineData("billing:a\u0007b")]
    public async Task Malformed_credentials_are_refused(string pair)
    {
        await using var house = await IssuingHouse.OpenAsync();

        var refused = await house.Ask(house.Client, new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(pair))), Grant);

        Assert.Equal((401, "invalid_client"), (refused.Status, refused.Error));
    }

    [Theory]
    [InlineData("Basic")]
    [InlineData("Basic %%%%")]
    [InlineData("Basic YmlsbGluZzpz\u0001")]
    [InlineData("Bearer abc")]
    [InlineData("Digest username=\"billing\"")]
    [InlineData("BasicYmlsbGluZzpz")]
    public async Task Other_schemes_and_broken_ones_are_refused(string header)
    {
        await using var house = await IssuingHouse.OpenAsync();

        var refused = await RawHttp.SendAsync(
            house.Gateway.Url,
            $"POST /oauth/token HTTP/1.1\r\nHost: x\r\nAuthorization: {header}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {Grant.Length}\r\n\r\n{Grant}");

        Assert.Contains(refused.Status, (int[])[400, 401]);
        Assert.DoesNotContain("access_token", refused.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(401, "invalid_client", "client_id=billing")]
    [InlineData(401, "invalid_client", "client_id=billing", "client_secret=" + IssuingHouse.Secret)]
    [InlineData(401, "invalid_client")]
    public async Task A_secret_in_the_form_and_no_proof_at_all_are_refused(int status, string error, params string[] fields)
    {
        await using var house = await IssuingHouse.OpenAsync();

        var refused = await house.Ask(house.Client, null, [Grant, .. fields]);

        Assert.Equal((status, error), (refused.Status, refused.Error));
    }

    [Fact]
    public async Task Two_ways_of_proof_are_refused_and_so_is_another_name_in_the_form()
    {
        await using var house = await IssuingHouse.OpenAsync();
        var basic = IssuingHouse.Basic("billing", IssuingHouse.Secret);

        Assert.Equal("invalid_request", (await house.Ask(house.Client, basic, [Grant, .. IssuingHouse.Proof(house.Assertion())])).Error);
        Assert.Equal("invalid_request", (await house.Ask(house.Client, basic, Grant, "client_secret=" + IssuingHouse.Secret)).Error);
        Assert.Equal("invalid_request", (await house.Ask(house.Client, null, [Grant, "client_secret=x", .. IssuingHouse.Proof(house.Assertion())])).Error);
        Assert.Equal("invalid_request", (await house.Ask(house.Client, basic, Grant, "client_id=robot")).Error);
        Assert.Equal(200, (await house.Ask(house.Client, basic, Grant, "client_id=billing")).Status);
    }

    [Fact]
    public async Task A_secret_that_was_right_once_costs_no_hash_again()
    {
        // So slow that a hundred requests that each paid for it would take a hundred times as long.
        var slow = ClientSecretHash.Of(Encoding.UTF8.GetBytes(IssuingHouse.Secret), 1_500_000).Write();
        await using var house = await IssuingHouse.OpenAsync(json => json["Sallyport"]!["Issuer"]!["Clients"]!["reader"]!["SecretHash"] = slow);
        var first = Stopwatch.StartNew();
        Assert.Equal(200, (await house.Ask("reader", Grant)).Status);
        first.Stop();

        var rest = Stopwatch.StartNew();
        for (var i = 0; i < 100; i++) Assert.Equal(200, (await house.Ask("reader", Grant)).Status);
        rest.Stop();

        Assert.InRange(rest.Elapsed, TimeSpan.Zero, first.Elapsed * 50);
        Assert.Equal(401, (await house.Ask(house.Client, IssuingHouse.Basic("reader", "another"), Grant)).Status);
    }

    [Fact]
    public async Task Failed_attempts_on_a_client_are_limited_and_a_secret_that_is_known_passes_all_the_same()
    {
        await using var house = await IssuingHouse.OpenAsync();
        Assert.Equal(200, (await house.Ask("billing", Grant)).Status);
        var statuses = new List<int>();
        for (var i = 0; i < ClientAuthentication.FailuresPerClient + 5; i++)
            statuses.Add((await house.Ask(house.Client, IssuingHouse.Basic("billing", $"guess {i}"), Grant)).Status);

        Assert.Equal(401, statuses[0]);
        Assert.Equal(429, statuses[^1]);
        Assert.Equal(200, (await house.Ask("billing", Grant)).Status);
    }

    [Fact]
    public async Task Failed_attempts_of_an_address_are_limited_over_all_clients()
    {
        await using var house = await IssuingHouse.OpenAsync();
        TokenAnswer? last = null;
        for (var i = 0; i <= ClientAuthentication.FailuresPerAddress; i++)
            last = await house.Ask(house.Client, IssuingHouse.Basic($"client{i}", "guess"), Grant);

        Assert.Equal((429, "slow_down"), (last!.Status, last.Error));
        Assert.NotNull(last.Headers.RetryAfter);
    }

    [Fact]
    public async Task Requests_of_a_client_are_limited_by_the_minute()
    {
        await using var house = await IssuingHouse.OpenAsync(json => json["Sallyport"]!["Issuer"]!["Clients"]!["reader"]!["RequestsPerMinute"] = 3);
        var statuses = new List<int>();
        for (var i = 0; i < 4; i++) statuses.Add((await house.Ask("reader", Grant)).Status);

        Assert.Equal([200, 200, 200, 429], statuses);
        Assert.Equal(200, (await house.Ask("billing", Grant)).Status);
    }

    [Fact]
    public async Task No_secret_and_no_token_is_ever_logged_and_refusals_are_recorded_with_their_reason()
    {
        await using var house = await IssuingHouse.OpenAsync();
        var token = (await house.Ask("billing", Grant)).Token;
        await house.Ask(house.Client, IssuingHouse.Basic("billing", "a wrong secret"), Grant);
        await house.Ask("billing", Grant, "audience=stock");

        var logs = house.Gateway.Logs.Everything;
        Assert.DoesNotContain(IssuingHouse.Secret, logs, StringComparison.Ordinal);
        Assert.DoesNotContain("a wrong secret", logs, StringComparison.Ordinal);
        Assert.DoesNotContain(token.Split('.')[2], logs, StringComparison.Ordinal);
        Assert.DoesNotContain("stock", logs, StringComparison.Ordinal);
        Assert.Contains("client_secret_wrong", logs, StringComparison.Ordinal);
        Assert.Contains("target_not_allowed", logs, StringComparison.Ordinal);
        Assert.Contains("token_minted", logs, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("pbkdf2-sha256$600000$AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("pbkdf2-sha1$600000$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("pbkdf2-sha256$9999$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("pbkdf2-sha256$10000001$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("pbkdf2-sha256$-600000$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("pbkdf2-sha256$600000$AAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("pbkdf2-sha256$600000$AAAAAAAAAAAAAAAAAAAAAA$AAAA")]
    [InlineData("pbkdf2-sha256$600000$AAAAAAAAAAAAAAAAAAAA*A$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void A_hash_of_another_form_or_out_of_bounds_is_refused(string text)
    {
        Assert.False(ClientSecretHash.TryParse(text, out _, out var problem));
        Assert.NotEmpty(problem);
        Assert.True(ClientSecretHash.TryParse("pbkdf2-sha256$600000$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", out _, out _));
    }

    [Fact]
    public void A_hash_is_that_of_PBKDF2_with_HMAC_SHA_256()
    {
        var secret = "a secret"u8.ToArray();
        var salt = Encoding.ASCII.GetBytes("sixteen byte salt");
        var derived = System.Security.Cryptography.Rfc2898DeriveBytes.Pbkdf2(secret, salt, 10_000, System.Security.Cryptography.HashAlgorithmName.SHA256, 32);
        var text = $"pbkdf2-sha256$10000${System.Buffers.Text.Base64Url.EncodeToString(salt)}${System.Buffers.Text.Base64Url.EncodeToString(derived)}";

        Assert.True(ClientSecretHash.TryParse(text, out var hash, out _));
        Assert.True(hash.Matches(secret));
        Assert.False(hash.Matches("a secreT"u8));
        Assert.Equal(text, hash.Write());
    }
}

using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Sallyport.Gateway.Issuing;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Issuing;

/// <summary>Requests to the token endpoint that are none.</summary>
public sealed class TokenRequestTests
{
    private const string Good = "grant_type=client_credentials&audience=orders";

    [Theory]
    [InlineData("grant_type=client_credentials&grant_type=client_credentials")]
    [InlineData("grant_type=client_credentials&grant%5Ftype=client_credentials")]
    [InlineData("grant_type=client_credentials&scope=orders:read&scope=orders:write")]
    [InlineData("grant_type=client_credentials&grant_type=")]
    [InlineData("grant_type=client_credentials&x=1&x=2")]
    [InlineData("grant_type=client_credentials&audience=%")]
    [InlineData("grant_type=client_credentials&audience=%4")]
    [InlineData("grant_type=client_credentials&audience=%zz")]
    [InlineData("grant_type=client_credentials&audience=%ff%fe")]
    [InlineData("grant_type=client_credentials&audience=%c0%af")]
    [InlineData("grant_type=client_credentials&audience=a%00b")]
    [InlineData("grant_type=client_credentials&audience=a%0d%0ab")]
    [InlineData("grant_type=client_credentials&=x")]
    [InlineData("\u0000")]
    public async Task A_form_that_is_none_or_says_a_thing_twice_is_refused(string body)
    {
        await using var house = await IssuingHouse.OpenAsync();

        var refused = await Post(house, body);
        var accepted = await Post(house, Good + "&&unknown=ignored");

        Assert.Equal((400, "invalid_request"), (refused.Status, refused.Error));
        Assert.Equal(200, accepted.Status);
    }

    [Theory]
    [InlineData("application/json", "{\"grant_type\":\"client_credentials\"}")]
    [InlineData("text/plain", Good)]
    [InlineData("application/x-www-form-urlencoded; charset=utf-16", Good)]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"grant_type\"\r\n\r\nclient_credentials\r\n--x--\r\n")]
    [InlineData(null, Good)]
    public async Task Another_kind_of_body_is_refused(string? type, string body)
    {
        await using var house = await IssuingHouse.OpenAsync();

        Assert.Equal((400, "invalid_request"), await Status(Post(house, body, type)));
        Assert.Equal(200, (await Post(house, Good, "Application/X-WWW-Form-URLencoded;charset=\"UTF-8\"")).Status);
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_refused_with_a_length_and_without()
    {
        await using var house = await IssuingHouse.OpenAsync();
        var large = Good + "&padding=" + new string('x', FormBody.MaxBytes);
        var fitting = Good + "&padding=" + new string('x', FormBody.MaxBytes - Good.Length - "&padding=".Length);

        Assert.Equal((413, "invalid_request"), await Status(Post(house, large)));
        Assert.Equal((413, "invalid_request"), await Status(Post(house, large, isChunked: true)));
        Assert.Equal(200, (await Post(house, fitting)).Status);
        Assert.Equal(200, (await Post(house, fitting, isChunked: true)).Status);
    }

    [Fact]
    public async Task Too_many_parameters_are_refused()
    {
        await using var house = await IssuingHouse.OpenAsync();

        Assert.Equal((400, "invalid_request"), await Status(Post(house, Good + string.Concat(Enumerable.Range(0, 100).Select(i => $"&p{i}=1")))));
        Assert.Equal((400, "invalid_request"), await Status(Post(house, Good + string.Concat(Enumerable.Repeat("&audience=orders", 100)))));
    }

    [Fact]
    public async Task Answers_repeat_nothing_of_the_request()
    {
        await using var house = await IssuingHouse.OpenAsync();
        const string Marker = "canary-7411";

        foreach (var body in (string[])[$"grant_type={Marker}", $"{Good}&scope={Marker}", $"grant_type=client_credentials&resource={Marker}", $"{Good}&{Marker}={Marker}&{Marker}=x"])
        {
            var refused = await Post(house, body);
            Assert.Equal(400, refused.Status);
            Assert.DoesNotContain(Marker, refused.Body.ToJsonString() + refused.Headers, StringComparison.Ordinal);
        }

        Assert.DoesNotContain(Marker, house.Gateway.Logs.Everything, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Parameters_in_the_address_count_for_nothing()
    {
        await using var house = await IssuingHouse.OpenAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth/token?grant_type=client_credentials&audience=payments")
        {
            Content = IssuingHouse.Form("grant_type=client_credentials"),
            Headers = { Authorization = IssuingHouse.Basic("billing", IssuingHouse.Secret) },
        };

        using var response = await house.Client.SendAsync(request);

        Assert.Equal("orders", (string?)(await TokenAnswer.Of(response)).Claims["aud"]);
    }

    [Fact]
    public async Task Tokens_and_refusals_are_counted_by_grant_and_reason()
    {
        await using var house = await IssuingHouse.OpenAsync();
        var counted = new List<string>();
        using var listener = new System.Diagnostics.Metrics.MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Name == "gateway.issuer.tokens") self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            lock (counted) counted.Add(string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}")));
        });
        listener.Start();

        await Post(house, Good);
        await Post(house, Good + "&scope=everything");
        await Post(house, "grant_type=hoax");

        lock (counted)
            Assert.Superset(
                new HashSet<string>(StringComparer.Ordinal) { "grant=client_credentials outcome=issued", "grant=client_credentials outcome=scope_not_allowed", "grant=unknown outcome=grant_type_unsupported" },
                counted.ToHashSet(StringComparer.Ordinal));
    }

    private static async Task<(int, string?)> Status(Task<TokenAnswer> answer) => ((await answer).Status, (await answer).Error);

    private static async Task<TokenAnswer> Post(IssuingHouse house, string body, string? type = "application/x-www-form-urlencoded", bool isChunked = false)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth/token") { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        request.Headers.Authorization = IssuingHouse.Basic("billing", IssuingHouse.Secret);
        request.Headers.TransferEncodingChunked = isChunked;
        if (type is not null) request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        using var response = await house.Client.SendAsync(request);
        return await TokenAnswer.Of(response);
    }
}

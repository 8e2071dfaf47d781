using System.Net;
using Sallyport.Gateway.Keys;
using Sallyport.Gateway.Tokens;

namespace Sallyport.Tests.Issuing;

public sealed class EndorsementsTests
{
    private const string Path = "/.well-known/key-endorsements.json";

    [Fact]
    public async Task Those_of_the_ring_are_served_with_the_life_of_the_JWK_Set_and_a_validator()
    {
        await using var house = await IssuingHouse.OpenAsync();
        Assert.Equal("""{"endorsements":[]}""", await house.Client.GetStringAsync(Path));

        house.Keys.Publish(house.Ring with { Epoch = 2, Endorsements = [("k1", "a.b.c")] });
        using var answer = await house.Client.GetAsync(Path);
        Assert.Equal("""{"endorsements":[{"kid":"k1","endorsement":"a.b.c"}]}""", await answer.Content.ReadAsStringAsync());
        Assert.Equal(("application/json", "public, max-age=300"), (answer.Content.Headers.ContentType?.MediaType, answer.Headers.CacheControl?.ToString()));
        Assert.Equal("*", answer.Headers.GetValues("Access-Control-Allow-Origin").Single());
        using var again = new HttpRequestMessage(HttpMethod.Get, Path);
        again.Headers.IfNoneMatch.Add(answer.Headers.ETag!);
        using var known = await house.Client.SendAsync(again);
        Assert.Equal(HttpStatusCode.NotModified, known.StatusCode);
        using var posted = await house.Client.PostAsync(Path, content: null);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, posted.StatusCode);
    }

    [Fact]
    public async Task Without_any_key_there_is_no_document()
    {
        await using var house = await IssuingHouse.OpenAsync();
        house.Keys.Publish(new OpenRing(2, null, JwkSet.Of(), "no ring"));
        using var answer = await house.Client.GetAsync(Path);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
    }
}

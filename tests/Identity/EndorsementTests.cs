using System.Text.Json.Nodes;
using Sallyport.Gateway.Identity;
using Sallyport.Gateway.Keys;
using Sallyport.Gateway.Tokens;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Identity;

public sealed class EndorsementTests
{
    private const string Issuer = "https://gateway.example.com";

    private static readonly SpiffeCa Authority = new();
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());

    private readonly SigningKey _key = SigningKey.Generate(Algorithm.Find("ES256")!, 2048);
    private readonly X509Svid _svid = Authority.Issue().Taken(Authority.Bundles);

    [Theory]
    [InlineData("P-256", "ES256")]
    [InlineData("P-384", "ES384")]
    [InlineData("P-521", "ES512")]
    [InlineData("RSA-2048", "RS256")]
    [Trait("Acceptance", "A9")]
    public void What_an_SVID_says_of_a_key_is_read_and_holds_under_the_bundle_of_its_trust_domain(string kind, string algorithm)
    {
        var svid = Authority.Under().Issue(shape: new SvidShape { Key = kind }).Taken(Authority.Bundles);
        var text = EndorsementWriter.Write(svid, Issuer, _key.Public, _key.KeyId, Now, Now.AddMinutes(10))!;

        var read = Endorsement.Read(text, out var problem);
        Assert.True(read is not null, problem);
        Assert.Null(read.Check(Issuer, _key.Public, _key.KeyId, Authority.Bundles));
        Assert.Equal((svid.Id.ToString(), _key.KeyId, Now, Now.AddMinutes(10)), (read.SpiffeId, read.KeyId, read.IssuedAt, read.Expires));
        Assert.Equal((svid.NotAfter, 2), (read.LeafNotAfter, read.Chain.Count));
        Assert.Equal(Now, Endorsement.TimeOf(text));
        var (header, payload) = EndorsementForge.PartsOf(text);
        Assert.Equal((algorithm, "key-endorsement+jws"), ((string?)header["alg"], (string?)header["typ"]));
        Assert.Equal(["iss", "sub", "kid", "jkt", "purpose", "nbf", "exp", "iat"], payload.Select(member => member.Key));
    }

    [Fact]
    public void It_ends_with_the_key_or_with_the_certificate_whichever_is_earlier()
    {
        Assert.Equal(_svid.NotAfter, Endorsement.Read(Written(Now.AddDays(30)), out _)!.Expires);
        Assert.Equal(Now.AddMinutes(5), Endorsement.Read(Written(Now.AddMinutes(5)), out _)!.Expires);
        // By a clock that is behind the authority's, it begins with the certificate.
        var early = EndorsementWriter.Write(_svid, Issuer, _key.Public, _key.KeyId, _svid.NotBefore.AddMinutes(-3), Now.AddMinutes(5))!;
        Assert.Equal(_svid.NotBefore, Endorsement.Read(early, out _)!.IssuedAt);
        Assert.Null(Problem(early));
    }

    [Fact]
    [Trait("Acceptance", "A9")]
    public void Another_bundle_another_SPIFFE_ID_another_key_and_another_issuer_do_not_hold()
    {
        var text = Written(Now.AddMinutes(10));
        Assert.Null(Problem(text));
        var read = Endorsement.Read(text, out _)!;
        using var other = SigningKey.Generate(Algorithm.Find("ES256")!, 2048);

        Assert.Contains("SVID", read.Check(Issuer, _key.Public, _key.KeyId, new SpiffeCa().Bundles), StringComparison.Ordinal);
        Assert.Contains("SVID", read.Check(Issuer, _key.Public, _key.KeyId, new SpiffeCa("other.example").Bundles), StringComparison.Ordinal);
        Assert.Contains("another key", read.Check(Issuer, other.Public, other.KeyId, Authority.Bundles), StringComparison.Ordinal);
        Assert.Contains("another key", read.Check(Issuer, other.Public, _key.KeyId, Authority.Bundles), StringComparison.Ordinal);
        Assert.Contains("another issuer", read.Check(Issuer + "/", _key.Public, _key.KeyId, Authority.Bundles), StringComparison.Ordinal);

        var (header, payload) = EndorsementForge.PartsOf(text);
        payload["sub"] = "spiffe://example.org/other";
        Assert.Contains("another SPIFFE ID", Problem(EndorsementForge.Sign(_svid, header, payload)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("purpose", "\"attesting\"", "purpose")]
    [InlineData("iss", "\"https://other.example\"", "another issuer")]
    [InlineData("kid", "\"k\"", "another key")]
    [InlineData("jkt", "\"k\"", "another key")]
    [InlineData("exp", "-1", "out of range")]
    [InlineData("exp", "7200", "outlives")]
    [InlineData("exp", "-600", "ends before")]
    [InlineData("nbf", "3000", "ends before")]
    [InlineData("iat", "-7200", "SVID")]
    [InlineData("iat", "\"now\"", "missing")]
    [InlineData("iat", "1.5", "missing")]
    [InlineData("sub", "7", "missing")]
    [InlineData("more", "1", "other members")]
    [InlineData("nbf", null, "other members")]
    public void A_claim_that_says_something_else_is_refused_though_the_SVID_signed_it(string claim, string? value, string problem)
    {
        var (header, payload) = EndorsementForge.PartsOf(Written(Now.AddMinutes(10)));
        Assert.Null(Problem(EndorsementForge.Sign(_svid, header, payload)));
        if (value is null) payload.Remove(claim);
        else if (int.TryParse(value, out var seconds) && claim is "exp" or "nbf" or "iat") payload[claim] = seconds == -1 ? -1 : Now.ToUnixTimeSeconds() + seconds;
        else payload[claim] = JsonNode.Parse(value);

        Assert.Contains(problem, Problem(EndorsementForge.Sign(_svid, header, payload)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("typ", "\"audit+jws\"")]
    [InlineData("typ", null)]
    [InlineData("alg", "\"ES384\"")]
    [InlineData("alg", "\"none\"")]
    [InlineData("kid", "\"k\"")]
    [InlineData("crit", "[\"exp\"]")]
    [InlineData("x5c", null)]
    [InlineData("x5c", "[]")]
    [InlineData("x5c", "\"AAAA\"")]
    [InlineData("x5c", "[\"AAAA\"]")]
    [InlineData("x5c", "[7]")]
    public void A_header_that_is_another_is_refused(string member, string? value)
    {
        var (header, payload) = EndorsementForge.PartsOf(Written(Now.AddMinutes(10)));
        if (value is null) header.Remove(member);
        else header[member] = JsonNode.Parse(value);

        Assert.Null(Endorsement.Read(EndorsementForge.Sign(_svid, header, payload), out var problem));
        Assert.NotNull(problem);
    }

    [Fact]
    public void The_certificate_of_another_with_a_signature_of_our_own_is_refused()
    {
        var (header, payload) = EndorsementForge.PartsOf(Written(Now.AddMinutes(10)));
        header["x5c"] = new JsonArray(Convert.ToBase64String(Authority.Issue().Chain[0]));
        Assert.Null(Endorsement.Read(EndorsementForge.Sign(_svid, header, payload), out var problem));
        Assert.Contains("signature", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_letter_that_is_changed_or_missing_spoils_it()
    {
        var text = Written(Now.AddMinutes(10));
        for (var at = 0; at < text.Length; at++)
        {
            var changed = $"{text[..at]}{(text[at] == 'A' ? 'B' : 'A')}{text[(at + 1)..]}";
            Assert.False(Endorsement.Read(changed, out _) is { } read && read.Check(Issuer, _key.Public, _key.KeyId, Authority.Bundles) is null, $"letter {at}");
            if (at % 11 == 0) Assert.Null(Endorsement.Read(text[..at], out _));
        }

        Assert.Null(Problem(text));
        Assert.Null(Endorsement.Read(text + new string('A', Endorsement.MaxLength), out _));
    }

    private string Written(DateTimeOffset end) => EndorsementWriter.Write(_svid, Issuer, _key.Public, _key.KeyId, Now, end)!;

    private string? Problem(string text) => Endorsement.Read(text, out var problem) is { } read ? read.Check(Issuer, _key.Public, _key.KeyId, Authority.Bundles) : problem;
}

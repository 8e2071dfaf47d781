using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;
using Sallyport.Gateway.Identity;
using Sallyport.Tests.Support;

namespace Sallyport.Tests.Identity;

/// <summary>What is an X.509-SVID, and each way of not being one beside a twin that is.</summary>
public sealed class SvidCheckTests
{
    private const string ServerAuth = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuth = "1.3.6.1.5.5.7.3.2";

    private static readonly SpiffeCa Ca = new();
    private static readonly SvidShape Good = new();
    private static readonly SvidShape Authority = SvidShape.Authority with { Subject = "CN=Intermediate", Life = TimeSpan.FromDays(1) };

    private static readonly Dictionary<string, (SvidShape Bad, SvidShape Twin, string Says)> Leaves = new(StringComparer.Ordinal)
    {
        ["two URIs"] = (Good with { Uris = ["spiffe://example.org/a", "spiffe://example.org/b"] }, Good with { Uris = ["spiffe://example.org/a"] }, "exactly one URI"),
        ["the same URI twice"] = (Good with { Uris = ["spiffe://example.org/a", "spiffe://example.org/a"] }, Good, "exactly one URI"),
        ["another URI beside it"] = (Good with { Uris = ["https://example.org/a", "spiffe://example.org/a"] }, Good with { DnsNames = ["a.example.org"] }, "exactly one URI"),
        ["no URI"] = (Good with { Uris = [], DnsNames = ["a.example.org"] }, Good with { DnsNames = ["a.example.org"] }, "exactly one URI"),
        ["no names"] = (Good with { HasNames = false }, Good, "exactly one URI"),
        ["no SPIFFE ID"] = (Good with { Uris = ["https://example.org/a"] }, Good, "no SPIFFE ID"),
        ["no path"] = (Good with { Uris = ["spiffe://example.org"] }, Good, "no path"),
        ["a root for a path"] = (Good with { Uris = ["spiffe://example.org/"] }, Good, "no SPIFFE ID"),
        ["dots in the path"] = (Good with { Uris = ["spiffe://example.org/a/../b"] }, Good with { Uris = ["spiffe://example.org/a/..b"] }, "no SPIFFE ID"),
        ["an authority"] = (Good with { IsAuthority = true }, Good with { IsAuthority = null }, "authority (CA)"),
        ["no key usage"] = (Good with { Usage = null }, Good, "keyUsage"),
        ["key usage that is not critical"] = (Good with { UsageIsCritical = false }, Good, "not critical"),
        ["no digital signature"] = (Good with { Usage = X509KeyUsageFlags.KeyEncipherment }, Good with { Usage = X509KeyUsageFlags.KeyEncipherment | X509KeyUsageFlags.DigitalSignature }, "digitalSignature"),
        ["signs certificates"] = (Good with { Usage = X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyCertSign }, Good with { Usage = X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyAgreement }, "keyCertSign"),
        ["signs revocation lists"] = (Good with { Usage = X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.CrlSign }, Good, "cRLSign"),
        ["only for servers"] = (Good with { Purposes = [ServerAuth] }, Good with { Purposes = null }, "clientAuth"),
        ["only for clients"] = (Good with { Purposes = [ClientAuth] }, Good with { Purposes = [ClientAuth, ServerAuth, "1.3.6.1.5.5.7.3.3"] }, "serverAuth"),
        ["for signing code"] = (Good with { Purposes = ["1.3.6.1.5.5.7.3.3"] }, Good, "serverAuth"),
        ["names not critical without a subject"] = (Good with { Subject = "" }, Good with { Subject = "", NamesAreCritical = true }, "no subject"),
        ["ended"] = (Good with { Age = TimeSpan.FromHours(2), Life = TimeSpan.FromSeconds(-5) }, Good with { Age = TimeSpan.FromHours(2) }, "ended at"),
        ["not yet begun"] = (Good with { Age = TimeSpan.FromSeconds(-60) }, Good, "holds from"),
        ["a short RSA key"] = (Good with { Key = "RSA-1024" }, Good with { Key = "RSA-2048" }, "RSA from 2048"),
        ["a curve of another kind"] = (Good with { Key = "secp256k1" }, Good with { Key = "P-384" }, "P-256"),
        ["an unknown critical extension"] = (
            Good with { Others = [new X509Extension("1.2.3.4.5", [0x05, 0x00], critical: true)] }, Good with { Others = [new X509Extension("1.2.3.4.5", [0x05, 0x00], critical: false)] }, "does not hold"),
        ["names that cannot be read"] = (Good with { HasNames = false, Others = [new X509Extension("2.5.29.17", [0x30, 0x7f, 0x86], critical: false)] }, Good, "cannot be read"),
    };

    private static readonly Dictionary<string, (SvidShape Bad, SvidShape Twin, string Says)> Authorities = new(StringComparer.Ordinal)
    {
        ["no authority"] = (Authority with { IsAuthority = false }, Authority, "must not sign"),
        ["no basic constraints"] = (Authority with { IsAuthority = null }, Authority, "must not sign"),
        ["no key usage"] = (Authority with { Usage = null }, Authority, "keyUsage"),
        ["does not sign certificates"] = (Authority with { Usage = X509KeyUsageFlags.DigitalSignature }, Authority with { Usage = X509KeyUsageFlags.KeyCertSign }, ""),
        ["the ID of a workload"] = (Authority with { Uris = ["spiffe://example.org/gateway"] }, Authority with { HasNames = false }, "of an authority"),
        ["ended"] = (Authority with { Life = TimeSpan.FromSeconds(-5) }, Authority, "ended at"),
        ["a short RSA key"] = (Authority with { Key = "RSA-1024" }, Authority with { Key = "RSA-2048" }, ""),
    };

    public static TheoryData<string> LeafDefects => [.. Leaves.Keys];

    public static TheoryData<string> AuthorityDefects => [.. Authorities.Keys];

    private static string? Check(IReadOnlyList<byte[]> chain, TrustBundles bundles, DateTimeOffset? at = null) => SvidCheck.Check(chain, bundles, at ?? DateTimeOffset.UtcNow, out _);

    [Fact]
    public void An_svid_names_its_workload()
    {
        var problem = SvidCheck.Check(Ca.Issue("/ns/edge/sa/gateway").Chain, Ca.Bundles, DateTimeOffset.UtcNow, out var id);
        Assert.Null(problem);
        Assert.Equal("spiffe://example.org/ns/edge/sa/gateway", id?.ToString());
    }

    [Theory]
    [MemberData(nameof(LeafDefects))]
    public void A_leaf_with_a_defect_is_refused_and_its_twin_is_not(string defect)
    {
        var (bad, twin, says) = Leaves[defect];
        Assert.Contains(says, Check(Ca.Issue("/a", bad).Chain, Ca.Bundles), StringComparison.Ordinal);
        Assert.Null(Check(Ca.Issue("/a", twin).Chain, Ca.Bundles));
    }

    [Theory]
    [MemberData(nameof(AuthorityDefects))]
    public void An_authority_with_a_defect_is_refused_and_its_twin_is_not(string defect)
    {
        var (bad, twin, says) = Authorities[defect];
        var problem = Check(Ca.Under(bad).Issue().Chain, Ca.Bundles);
        Assert.NotNull(problem);
        Assert.Contains(says, problem, StringComparison.Ordinal);
        Assert.Null(Check(Ca.Under(twin).Issue().Chain, Ca.Bundles));
    }

    [Fact]
    public void An_authority_signs_no_deeper_than_it_may()
    {
        Assert.Null(Check(Ca.Under(Authority with { PathLength = 1 }).Under().Issue().Chain, Ca.Bundles));
        Assert.Contains("pathLenConstraint", Check(Ca.Under(Authority with { PathLength = 0 }).Under().Issue().Chain, Ca.Bundles), StringComparison.Ordinal);
    }

    [Fact]
    public void An_authority_keeps_to_the_trust_domains_that_it_is_bound_to()
    {
        Assert.Null(Check(Ca.Under(Authority with { Others = [Bound("example.org")] }).Issue().Chain, Ca.Bundles));
        Assert.NotNull(Check(Ca.Under(Authority with { HasNames = false, Others = [Bound("other.example")] }).Issue().Chain, Ca.Bundles));

        // RFC 5280 section 4.2.1.10: permittedSubtrees of one URI.
        static X509Extension Bound(string host)
        {
            var writer = new AsnWriter(AsnEncodingRules.DER);
            using (writer.PushSequence())
            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
            using (writer.PushSequence())
                writer.WriteCharacterString(UniversalTagNumber.IA5String, host, new Asn1Tag(TagClass.ContextSpecific, 6));
            return new X509Extension("2.5.29.30", writer.Encode(), critical: true);
        }
    }

    [Fact]
    public void Another_trust_domain_vouches_for_nobody_here()
    {
        var other = new SpiffeCa("other.example");
        var both = new TrustBundles(Ca.Bundle, other.Bundle);
        var forged = other.Issue("spiffe://example.org/gateway");
        Assert.Contains("no path of signatures", Check(forged.Chain, both), StringComparison.Ordinal);
        Assert.Contains("no trust bundle", Check(forged.Chain, other.Bundles), StringComparison.Ordinal);
        Assert.Null(Check(other.Issue("/gateway").Chain, both));
        Assert.Null(Check(Ca.Issue("/gateway").Chain, both));
    }

    [Fact]
    public void A_chain_that_brings_its_own_root_is_not_believed()
    {
        var stranger = new SpiffeCa();
        Assert.Contains("no path of signatures", Check([.. stranger.Issue().Chain, stranger.Certificate], Ca.Bundles), StringComparison.Ordinal);
        Assert.Null(Check([.. Ca.Issue().Chain, Ca.Certificate], Ca.Bundles));
    }

    [Fact]
    public void A_root_of_the_same_name_and_another_key_is_another_root()
    {
        var (one, twin) = (new SpiffeCa(shape: SvidShape.Authority with { Subject = "CN=Root" }), new SpiffeCa(shape: SvidShape.Authority with { Subject = "CN=Root" }));
        Assert.NotNull(Check(twin.Issue().Chain, one.Bundles));
        Assert.Null(Check(twin.Issue().Chain, new TrustBundles(SpiffeCa.BundleOf(one, twin))));
    }

    [Fact]
    public void Whoever_holds_an_svid_issues_no_other()
    {
        // A leaf for an authority: the chain is one of signatures, and still nothing.
        var leafs = Ca.Under(Good with { Subject = "CN=Leaf" });
        Assert.NotNull(Check(leafs.Issue("/other").Chain, Ca.Bundles));
        Assert.Null(Check(Ca.Under().Issue("/other").Chain, Ca.Bundles));
    }

    [Fact]
    public void A_bundle_may_name_an_authority_that_another_one_signed()
    {
        var anchor = Ca.Under();
        var deeper = anchor.Under();
        Assert.Null(Check(anchor.Issue().Chain.Take(1).ToList(), anchor.Bundles));
        Assert.Null(Check(deeper.Issue().Chain.Take(2).ToList(), anchor.Bundles));
        Assert.NotNull(Check(Ca.Under().Issue().Chain, anchor.Bundles));
        var forged = new SpiffeCa(shape: Authority).Issue().Chain[0];
        Assert.NotNull(Check([forged], Ca.Under(Authority).Bundles));
    }

    [Fact]
    public void A_missing_intermediate_is_told()
    {
        var chain = Ca.Under().Issue().Chain;
        Assert.Null(Check(chain, Ca.Bundles));
        Assert.Contains("no path of signatures", Check([chain[0]], Ca.Bundles), StringComparison.Ordinal);
    }

    [Fact]
    public void Each_byte_of_the_leaf_is_signed()
    {
        var leaf = Ca.Issue().Chain[0];
        Assert.Null(Check([leaf], Ca.Bundles));
        for (var i = 0; i < leaf.Length; i++)
        {
            var bent = (byte[])leaf.Clone();
            bent[i] ^= 1;
            Assert.True(Check([bent], Ca.Bundles) is not null, $"The bit in byte {i} makes no difference.");
        }
    }

    [Fact]
    public void It_says_the_same_of_a_past_moment()
    {
        var old = Ca.Issue(shape: Good with { Age = TimeSpan.FromHours(5), Life = TimeSpan.FromHours(-4) });
        var then = DateTimeOffset.UtcNow.AddHours(-4.5);
        Assert.Null(Check(old.Chain, Ca.Bundles, then));
        Assert.Null(Check(old.Chain, Ca.Bundles, then.ToOffset(TimeSpan.FromHours(9))));
        Assert.Contains("ended at", Check(old.Chain, Ca.Bundles), StringComparison.Ordinal);
        Assert.Contains("holds from", Check(old.Chain, Ca.Bundles, DateTimeOffset.UtcNow.AddHours(-6)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_chain_is_short_and_made_of_certificates()
    {
        var chain = Ca.Issue().Chain;
        Assert.Null(Check(chain, Ca.Bundles));
        Assert.NotNull(Check([], Ca.Bundles));
        Assert.NotNull(Check([.. Enumerable.Repeat(chain[0], SvidCheck.MostCertificates + 1)], Ca.Bundles));
        Assert.NotNull(Check([[.. chain[0], 0]], Ca.Bundles));
        Assert.NotNull(Check([chain[0][..^1]], Ca.Bundles));
        Assert.NotNull(Check([[]], Ca.Bundles));
    }

    [Theory]
    [InlineData("P-256", "ES256")]
    [InlineData("P-384", "ES384")]
    [InlineData("P-521", "ES512")]
    [InlineData("RSA-2048", "RS256")]
    public void An_svid_signs_as_its_key_gives(string key, string algorithm)
    {
        var svid = Ca.Issue(shape: Good with { Key = key }).Taken(Ca.Bundles);
        Assert.Equal(algorithm, svid.Algorithm.Name);
        Assert.Equal(svid.Public.Thumbprint, svid.Public.KeyId);
        Assert.True(svid.Public.Verify(svid.Algorithm, "input"u8, svid.Sign("input"u8)));
    }

    [Fact]
    public void A_private_key_of_another_is_refused()
    {
        var (mine, other, rsa) = (Ca.Issue(), Ca.Issue(), Ca.Issue(shape: Good with { Key = "RSA-2048" }));
        var now = DateTimeOffset.UtcNow;
        foreach (var wrong in (byte[][])[other.Key, rsa.Key, [], [.. mine.Key, 0], mine.Key[..^1]])
        {
            Assert.False(X509Svid.TryCreate(mine.Chain, wrong, Ca.Bundles, now, out _, out var problem));
            Assert.Contains("private key", problem, StringComparison.Ordinal);
        }

        Assert.True(X509Svid.TryCreate(mine.Chain, mine.Key, Ca.Bundles, now, out _, out _));
    }
}

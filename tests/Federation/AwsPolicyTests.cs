namespace Sallyport.Tests.Federation;

/// <summary>Tokens of our issuer, against the documents of the page: what must pass passes, what must fail fails, and each mistake is caught.</summary>
public sealed class AwsPolicyTests
{
    [Theory]
    [InlineData("ES256")]
    [InlineData("RS256")]
    public async Task A_tenant_reads_its_own_prefix_and_no_other(string algorithm)
    {
        await using var house = await FederationHouse.OpenAsync(algorithm);
        var page = new AwsPage();
        var trust = new PolicyDocument(page.Trust);
        var s3 = page.S3();
        var acme = await house.Sts.AssumeRoleAsync(await house.TokenOf("org-ACME"), trust);
        var globex = await house.Sts.AssumeRoleAsync(await house.TokenOf("globex"), trust);

        Assert.Equal("acme", acme.Tags["tenant"]);
        Assert.Equal(["tenant"], acme.TransitiveKeys);
        foreach (var (session, own, other) in ((AwsSession, string, string)[])[(acme, "acme", "globex"), (globex, "globex", "acme")])
        {
            Assert.True(s3.Get(session, own + "/a.txt"));
            Assert.True(s3.List(session, own + "/"));
            Assert.True(s3.Get(session, "shared/a.txt"));
            Assert.False(s3.Get(session, other + "/a.txt"));
            Assert.False(s3.List(session, other + "/"));
            Assert.False(s3.List(session, null));
            Assert.False(s3.List(session, ""));
            Assert.False(s3.List(session, own));
            Assert.False(s3.Get(session, own + "-eu/a.txt"));
            Assert.False(s3.Put(session, own + "/a.txt"));
        }
    }

    [Fact]
    public async Task STS_refuses_what_is_not_for_it()
    {
        await using var house = await FederationHouse.OpenAsync();
        var trust = new PolicyDocument(new AwsPage().Trust);
        var good = await house.TokenOf("acme");
        await house.Sts.AssumeRoleAsync(good, trust);

        var parts = good.Split('.');
        var other = (await house.TokenOf("globex")).Split('.');
        Assert.Equal("InvalidIdentityToken", await Refusal(house, $"{parts[0]}.{other[1]}.{parts[2]}", trust));
        Assert.Equal("InvalidIdentityToken", await Refusal(house, (await house.Exchange(claims => claims["org_id"] = "acme", "orders")).Token, trust));
        Assert.Equal("AccessDenied", await Refusal(house, (await house.Exchange(claims => (claims["org_id"], claims["sub"]) = ("acme", "eve@example.net"))).Token, trust));
    }

    [Fact]
    public async Task Without_TagSession_a_token_with_tags_gets_no_session()
    {
        await using var house = await FederationHouse.OpenAsync();
        var page = new AwsPage();
        page.Trust["Statement"]![0]!["Action"] = "sts:AssumeRoleWithWebIdentity";
        Assert.Equal("AccessDenied", await Refusal(house, await house.TokenOf("acme"), new PolicyDocument(page.Trust)));
    }

    [Fact]
    public async Task Check_1_catches_the_one_statement_strict_or_loosened()
    {
        await using var house = await FederationHouse.OpenAsync();
        Assert.Equal((true, true), Reading(await Session(house, new AwsPage()), new AwsPage()));

        // Strict: every refusal is right, and nothing can be read.
        var page = new AwsPage();
        page.OneStatement(isLoosened: false);
        Assert.Equal((false, true), Reading(await Session(house, page), page));

        // Loosened: reading works, for everybody; the listings still look right.
        page.OneStatement(isLoosened: true);
        var session = await Session(house, page);
        Assert.Equal((true, false), Reading(session, page));
        Assert.True(page.S3().Get(session, "globex/a.txt"));
        Assert.False(page.S3().List(session, "globex/"));
    }

    [Fact]
    public async Task Check_2_catches_the_negated_operator_in_the_trust_policy()
    {
        await using var house = await FederationHouse.OpenAsync();
        var page = new AwsPage();
        Assert.Equal((true, true), await Trust(house, page));

        page.NegatedTrust();
        Assert.Equal((true, false), await Trust(house, page));
        // Check 1 does not see it, nor does any reading with that session.
        Assert.Equal((true, true), Reading(await Session(house, page), page));
        Assert.False(AnythingRead(await UntaggedSession(house, page), page));
    }

    [Fact]
    public async Task Check_3_catches_the_negated_operator_in_the_bucket_policy()
    {
        await using var house = await FederationHouse.OpenAsync();
        var page = new AwsPage();
        Assert.Equal((true, true), Sharing(page));

        page.NegatedBucket();
        Assert.Equal((true, false), Sharing(page));
        // The other checks do not see it: no session without the tag can be had.
        Assert.Equal((true, true), Reading(await Session(house, page), page));
        Assert.Equal((true, true), await Trust(house, page));
    }

    [Fact]
    public async Task Two_mistakes_that_each_do_no_harm_open_what_is_shared()
    {
        await using var house = await FederationHouse.OpenAsync();
        var page = new AwsPage();
        page.NegatedTrust();
        page.NegatedBucket();
        Assert.True(page.S3().Get(await UntaggedSession(house, page), "shared/a.txt"));

        // With the one statement, strict, check 1 refuses all that it should and proves nothing.
        page.OneStatement(isLoosened: false);
        Assert.Equal((false, true), Reading(await Session(house, page), page));
    }

    [Fact]
    public void Who_is_on_trial_reads_nothing_that_is_shared()
    {
        var s3 = new AwsPage().S3();
        Assert.True(s3.Get(Tagged("acme"), "shared/a.txt"));
        Assert.False(s3.Get(Tagged("trial"), "shared/a.txt"));
    }

    // Each check: whether all that must pass passes, and whether all that must fail fails.
    private static (bool Passes, bool Fails) Reading(AwsSession acme, AwsPage page)
    {
        var s3 = page.S3();
        return (s3.Get(acme, "acme/a.txt") && s3.List(acme, "acme/"), !s3.Get(acme, "globex/a.txt") && !s3.List(acme, "globex/") && !s3.List(acme, null));
    }

    private static async Task<(bool Passes, bool Fails)> Trust(FederationHouse house, AwsPage page)
    {
        await Session(house, page);
        var refused = await Record.ExceptionAsync(() => UntaggedSession(house, page));
        return (true, refused is StsRefusal { Code: "AccessDenied" });
    }

    private static (bool Passes, bool Fails) Sharing(AwsPage page)
    {
        // The bucket policy alone, as the simulator is asked.
        var s3 = new S3Player(new PolicyDocument(page.Bucket), new PolicyDocument(page.Bucket));
        return (s3.Get(Tagged("acme"), "shared/a.txt"), !s3.Get(Untagged(), "shared/a.txt"));
    }

    private static bool AnythingRead(AwsSession session, AwsPage page) =>
        ((string[])["acme/a.txt", "globex/a.txt", "/a.txt", "shared/a.txt", "${aws:PrincipalTag/tenant}/a.txt"]).Any(key => page.S3().Get(session, key))
        || ((string?[])["acme/", "/", "", null]).Any(prefix => page.S3().List(session, prefix));

    private static async Task<AwsSession> Session(FederationHouse house, AwsPage page) =>
        await house.Sts.AssumeRoleAsync(await house.TokenOf("acme"), new PolicyDocument(page.Trust));

    private static async Task<AwsSession> UntaggedSession(FederationHouse house, AwsPage page) =>
        await house.Sts.AssumeRoleAsync(await house.TokenOf("acme", "sts-check"), CopyForCheck(page));

    // The copy of the role that the page describes: it differs in the audience only.
    private static PolicyDocument CopyForCheck(AwsPage page)
    {
        var copy = page.Trust.DeepClone();
        copy["Statement"]![0]!["Condition"]!["StringEquals"]!["gateway.example.com:aud"] = "sts-check";
        return new PolicyDocument(copy);
    }

    private static async Task<string> Refusal(FederationHouse house, string token, PolicyDocument trust) =>
        (await Assert.ThrowsAsync<StsRefusal>(() => house.Sts.AssumeRoleAsync(token, trust))).Code;

    private static AwsSession Tagged(string tenant) => new(StsPlayer.RoleArn, new Dictionary<string, string>(StringComparer.Ordinal) { ["tenant"] = tenant }, []);

    private static AwsSession Untagged() => new(StsPlayer.RoleArn, new Dictionary<string, string>(StringComparer.Ordinal), []);
}

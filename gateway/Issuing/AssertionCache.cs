using Sallyport.Gateway.Verification;

namespace Sallyport.Gateway.Issuing;

/// <summary>The assertions of one verified token, one for each audience. It lives and ends with the verified token.</summary>
internal sealed class AssertionCache
{
    private volatile Assertion[] _all = [];

    /// <summary>Held while one is signed, so that requests that come at once do not sign as many.</summary>
    public SemaphoreSlim Signing { get; } = new(1, 1);

    public static AssertionCache Of(VerifiedToken token) => (AssertionCache)(token.Kept ?? token.Keep(new AssertionCache()));

    public Assertion? Find(AssertionAudience audience)
    {
        foreach (var assertion in _all)
            if (ReferenceEquals(assertion.For, audience))
                return assertion;
        return null;
    }

    /// <summary>Only while <see cref="Signing"/> is held.</summary>
    public void Put(Assertion assertion) => _all = [.. _all.Where(other => !ReferenceEquals(other.For, assertion.For)), assertion];
}

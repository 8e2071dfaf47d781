using Sallyport.Gateway.Tokens;
using Sallyport.Gateway.Verification;

namespace Sallyport.Gateway.Issuing;

/// <summary>The assertions for the services of one cluster: under which header, for which audience, with which claims.</summary>
/// <remarks>
/// <code>
///   kept, by the active key, not due   -> the kept one: nothing is signed
///   kept, due or by another key        -> one request signs; those beside it take the kept one while it is good
///   none                               -> one request signs, those beside it wait for it
/// </code>
/// Each configuration makes its own: what was kept under another one is not found.
/// </remarks>
internal sealed class AssertionAudience(string audience, AssertionOptions options, AssertionMint mint)
{
    private const string Authorization = "Authorization";

    public string Audience { get; } = audience;

    public string HeaderName { get; } = options.Header;

    /// <summary>Whether the assertion takes the place of the caller's own token.</summary>
    public bool IsBearer { get; } = IsAuthorization(options.Header);

    public static bool IsAuthorization(string header) => header.Equals(Authorization, StringComparison.OrdinalIgnoreCase);

    /// <summary>Makes sure that there is an assertion for this caller; <see cref="Held"/> then has it. Signs only if it must.</summary>
    /// <param name="token">The caller's.</param>
    /// <param name="actor">The route, for the audit.</param>
    /// <returns>Why there can be none for this token; null when there is one.</returns>
    /// <exception cref="SigningUnavailableException">There is none, and no key to sign one with.</exception>
    public TokenFault? Assert(VerifiedToken token, string actor)
    {
        var cache = AssertionCache.Of(token);
        var held = cache.Find(this);
        if (held is not null && mint.IsGood(held)) return null;

        var isServing = held is not null && mint.IsServing(held);
        if (!isServing) cache.Signing.Enter();
        else if (!cache.Signing.TryEnter()) return null;
        try
        {
            if (cache.Find(this) is { } latest && mint.IsGood(latest)) return null;
            var fault = mint.TrySign(token, this, options, actor, out var signed);
            if (fault is null) cache.Put(signed!);
            return fault;
        }
        catch (SigningUnavailableException) when (isServing)
        {
            // It is good to its own end.
            return null;
        }
        finally
        {
            cache.Signing.Exit();
        }
    }

    /// <summary>The header's value for this caller, as <see cref="Assert"/> left it; null before.</summary>
    public string? Held(VerifiedToken token) => (token.Kept as AssertionCache)?.Find(this)?.Header;

    /// <summary>The header's value of a signed token.</summary>
    public string HeaderOf(MintedToken minted) => IsBearer ? "Bearer " + minted.Text : minted.Text;

    public override string ToString() => $"Assertions for {Audience} in {HeaderName}";
}

using Sallyport.Gateway.Audit;
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

    /// <summary>Whether <see cref="Held"/> has one that can be sent as it is: nothing is signed, and nothing waited for.</summary>
    public bool IsAtHand(VerifiedToken token) => AssertionCache.Of(token).Find(this) is { } held && mint.IsGood(held);

    /// <summary>Makes sure that there is an assertion for this caller; <see cref="Held"/> then has it. Signs only if it must.</summary>
    /// <param name="token">The caller's.</param>
    /// <param name="actor">The route, for the audit.</param>
    /// <returns>Why there can be none for this token; null when there is one.</returns>
    /// <exception cref="SigningUnavailableException">There is none, and no key to sign one with.</exception>
    /// <exception cref="AuditUnavailableException">There is none, and a new one cannot be recorded.</exception>
    public async ValueTask<TokenFault?> AssertAsync(VerifiedToken token, string actor, CancellationToken cancellation)
    {
        var cache = AssertionCache.Of(token);
        var held = cache.Find(this);
        if (held is not null && mint.IsGood(held)) return null;

        var isServing = held is not null && mint.IsServing(held);
        if (!isServing) await cache.Signing.WaitAsync(cancellation);
        else if (!await cache.Signing.WaitAsync(TimeSpan.Zero, cancellation)) return null;
        try
        {
            if (cache.Find(this) is { } latest && mint.IsGood(latest)) return null;
            var (fault, signed) = await mint.TrySignAsync(token, this, options, actor, cancellation);
            if (fault is null) cache.Put(signed!);
            return fault;
        }
        catch (Exception e) when (isServing && e is (SigningUnavailableException or AuditUnavailableException))
        {
            // It is good to its own end.
            return null;
        }
        finally
        {
            cache.Signing.Release();
        }
    }

    /// <summary>The header's value for this caller, as <see cref="AssertAsync"/> left it; null before.</summary>
    public string? Held(VerifiedToken token) => (token.Kept as AssertionCache)?.Find(this)?.Header;

    /// <summary>The header's value of a signed token.</summary>
    public string HeaderOf(MintedToken minted) => IsBearer ? "Bearer " + minted.Text : minted.Text;

    public override string ToString() => $"Assertions for {Audience} in {HeaderName}";
}

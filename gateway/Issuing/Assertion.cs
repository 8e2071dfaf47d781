using Sallyport.Gateway.Keys;

namespace Sallyport.Gateway.Issuing;

/// <summary>One signed assertion, kept with the caller's token for the requests to come.</summary>
/// <param name="For">The audience, of one configuration, that it was signed for.</param>
/// <param name="Header">The header's value, whole.</param>
/// <param name="KeyId">What signed it.</param>
/// <param name="RenewAt">UTC ticks from which a new one is signed in its place.</param>
/// <param name="EndsAt">UTC ticks of its <c>exp</c>.</param>
internal sealed record Assertion(AssertionAudience For, string Header, string KeyId, long RenewAt, long EndsAt)
{
    /// <summary>The ring that last had <see cref="KeyId"/> for its active key.</summary>
    public OpenRing? ConfirmedBy { get; set; }

    /// <summary>Without the token.</summary>
    public override string ToString() => $"Assertion by {KeyId}";
}

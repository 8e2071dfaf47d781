using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Sallyport.Gateway.Redis;
using Sallyport.Gateway.Tokens;

namespace Sallyport.Gateway.Trust;

/// <summary>The right to ask an issuer for its keys, which one replica at a time has; and, afterwards, the memory of the attempt.</summary>
/// <param name="Stamp">When the attempt began, in Unix milliseconds by the clock of Redis: an attempt that fails or hangs counts too.</param>
/// <param name="Fence">The version that a document of this attempt will have. A later attempt has a greater one, whoever made it.</param>
/// <param name="Owner">Random, of this attempt alone: nobody ends another's lease.</param>
/// <param name="State">How the attempt stands.</param>
/// <param name="LimitMilliseconds">How long the attempt may take; one that is not ended by then was broken off.</param>
/// <remarks>As text <c>stamp.fence.owner.state.limit.mac</c>: nobody without a MAC key can keep the fleet from asking.</remarks>
internal sealed record SharedLease(long Stamp, long Fence, string Owner, LeaseState State, long LimitMilliseconds)
{
    // A replica that was slow to say how its attempt ended is no crashed one.
    private const long GraceMilliseconds = 1_000;

    // The clock of another Redis after a failover.
    private const long MostFutureMilliseconds = 10_000;

    /// <summary>Milliseconds until another attempt may begin; zero or less for now.</summary>
    /// <param name="now">By the clock of Redis.</param>
    /// <param name="cooldown">The least time between the beginnings of two attempts.</param>
    public long Remaining(long now, TimeSpan cooldown)
    {
        if (Stamp > now + MostFutureMilliseconds) return 0;
        return State == LeaseState.Busy
            ? Stamp + LimitMilliseconds + GraceMilliseconds - now
            : Stamp + (long)cooldown.TotalMilliseconds - now;
    }

    public string ToText(MacKeys keys, SharedName name)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{Stamp}.{Fence}.{Owner}.{State.Letter()}.{LimitMilliseconds}");
        Span<byte> mac = stackalloc byte[MacKeys.MacBytes];
        keys.Sign(Authenticated(name, text), mac);
        return $"{text}.{Base64Url.EncodeToString(mac)}";
    }

    /// <returns>Null for anything that no holder of the keys wrote for this very name.</returns>
    public static SharedLease? Read(string text, MacKeys keys, SharedName name)
    {
        var parts = text.Split('.');
        if (parts.Length != 6) return null;
        if (!StrictBase64Url.TryDecode(parts[5], out var mac) || mac.Length != MacKeys.MacBytes) return null;
        if (!keys.Verify(Authenticated(name, string.Join('.', parts[..5])), mac)) return null;
        return TryNumber(parts[0], out var stamp) && TryNumber(parts[1], out var fence) && TryNumber(parts[4], out var limit) && LeaseStates.TryParse(parts[3], out var state)
            ? new SharedLease(stamp, fence, parts[2], state, limit)
            : null;
    }

    private static byte[] Authenticated(SharedName name, string text) => [.. name.Binding.Span, .. Encoding.UTF8.GetBytes(text)];

    private static bool TryNumber(string text, out long number) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}

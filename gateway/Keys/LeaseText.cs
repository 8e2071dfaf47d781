using System.Globalization;

namespace Sallyport.Gateway.Keys;

/// <summary>A lease as it lies in a file: <c>fence.owner.end</c>, without an owner once it was released.</summary>
/// <param name="End">In Unix milliseconds.</param>
internal readonly record struct LeaseText(long Fence, string Owner, long End)
{
    /// <summary>What is none counts as a lease that is over.</summary>
    public static LeaseText Read(string text)
    {
        var parts = text.Split('.');
        return parts.Length == 3
            && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var fence) && fence < long.MaxValue / 2
            && long.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var end)
            ? new LeaseText(fence, parts[1], end)
            : new LeaseText(0, "", 0);
    }

    public bool IsHeld(long now, TimeSpan longest) => Owner.Length > 0 && End > now && End - now <= longest.TotalMilliseconds;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Fence}.{Owner}.{End}");
}

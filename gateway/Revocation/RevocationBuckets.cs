using System.Globalization;

namespace Sallyport.Gateway.Revocation;

/// <summary>Buckets in Redis hold the records that expire by their end, whole seconds since 1970, so that Redis drops them by itself.</summary>
/// <remarks>
/// The longer a record is kept, the wider its bucket: an hour, a day, 16 days, 256 days. Each kind of retention has some
/// forty buckets at once at the most. A record alone says which bucket is its own.
/// </remarks>
internal static class RevocationBuckets
{
    private const long Hour = 3600;
    private const long Day = 24 * Hour;

    private static readonly (long KeptFor, long Width)[] Widths = [(36 * Hour, Hour), (40 * Day, Day), (400 * Day, 16 * Day), (long.MaxValue, 256 * Day)];

    /// <summary>The last end that a bucket may have.</summary>
    private const long Latest = uint.MaxValue + (256 * Day);

    public static long EndOf(uint revokedAt, uint expires)
    {
        long keptFor = expires - revokedAt;
        var (_, width) = Array.Find(Widths, width => keptFor <= width.KeptFor);
        return (expires + width - 1) / width * width;
    }

    /// <summary>Reads the name of a bucket, which anybody may have written.</summary>
    public static bool TryParse(string? name, out long end) =>
        long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out end) && end is > 0 and <= Latest && end % Hour == 0;
}

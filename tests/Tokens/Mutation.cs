namespace Sallyport.Tests.Tokens;

/// <summary>Seeded damage to texts and bytes: the same seed does the same damage.</summary>
internal static class Mutation
{
    private const string Likely = "ABab01-_.=+/ {}[]\",:\\\n\0%\u00e9\ud83d";

    /// <summary>The text with one to four characters replaced, inserted, removed or repeated.</summary>
    public static string OfText(Random random, string text)
    {
        for (var times = random.Next(1, 5); times > 0; times--)
        {
            var at = random.Next(text.Length + 1);
            var other = Likely[random.Next(Likely.Length)];
            text = random.Next(4) switch
            {
                0 => text.Insert(at, other.ToString()),
                1 when at < text.Length => text.Remove(at, 1),
                2 when at < text.Length => text[..at] + text[at] + text[at..],
                _ when at < text.Length => text[..at] + other + text[(at + 1)..],
                _ => text + other,
            };
        }

        return text;
    }

    /// <summary>The bytes with one to four bits flipped, or cut, or with a stretch overwritten.</summary>
    public static byte[] OfBytes(Random random, ReadOnlySpan<byte> bytes)
    {
        var copy = bytes.ToArray();
        if (copy.Length == 0)
            return [(byte)random.Next(256)];
        switch (random.Next(4))
        {
            case 0:
                return copy[..random.Next(copy.Length)];
            case 1:
                var from = random.Next(copy.Length);
                random.NextBytes(copy.AsSpan(from, random.Next(copy.Length - from) + 1));
                return copy;
            default:
                for (var times = random.Next(1, 5); times > 0; times--)
                    copy[random.Next(copy.Length)] ^= (byte)(1 << random.Next(8));
                return copy;
        }
    }
}

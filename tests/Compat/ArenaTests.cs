using Pipelines.Sockets.Unofficial.Arenas;

namespace Sallyport.Tests.Compat;

/// <summary>The memory of parsed replies.</summary>
public sealed class ArenaTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(10_000)]
    public void A_sequence_has_its_length_and_keeps_what_is_written(int length)
    {
        using var arena = new Arena<int>(new ArenaOptions(ArenaFlags.None, 1024), null);
        for (var round = 0; round < 20; round++)
        {
            var before = arena.Allocate(5);
            var sequence = arena.Allocate(length);
            var after = arena.Allocate(5);
            Assert.Equal((length, length == 0), (sequence.Length, sequence.IsEmpty));
            Assert.Equal(new int[length], sequence.ToArray(static (in int element) => element));

            var writer = sequence.GetEnumerator();
            for (var i = 0; i < length; i++)
                writer.GetNext() = i + 1;
            Assert.False(writer.MoveNext());

            var again = sequence.Untyped().Cast<int>();
            Assert.Equal(Enumerable.Range(1, length), again.ToArray(static (in int element) => element));
            Assert.Equal(Enumerable.Range(3, length), again.ToArray(static (in int element, in int more) => element + more, 2));
            Assert.All(before.FirstSpan.ToArray().Concat(after.FirstSpan.ToArray()), element => Assert.Equal(0, element));
            Assert.Equal(length == 0 ? 0 : 1, Pieces(sequence));
            if (length > 0)
                Assert.Equal(length, sequence[length - 1]);
            if (round % 3 == 0)
                arena.Reset();
        }
    }

    [Fact]
    public void No_element_is_read_beyond_the_end()
    {
        using var arena = new Arena<string>(null, null);
        var sequence = arena.Allocate(2);
        arena.Allocate(2)[0] = "a neighbour's";

        Assert.Throws<IndexOutOfRangeException>(() => sequence[2]);
        Assert.Throws<IndexOutOfRangeException>(() => sequence[-1]);
        Assert.Throws<InvalidOperationException>(() => default(Sequence<string>).GetEnumerator().GetNext());
        Assert.Throws<InvalidCastException>(() => sequence.Untyped().Cast<int>());
    }

    private static int Pieces(Sequence<int> sequence)
    {
        var count = 0;
        foreach (var piece in sequence.Spans)
            count += piece.Length > 0 ? 1 : 0;
        return count;
    }
}

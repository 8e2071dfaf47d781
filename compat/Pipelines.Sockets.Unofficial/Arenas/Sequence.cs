namespace Pipelines.Sockets.Unofficial.Arenas;

/// <summary>A sequence whose type of element is not part of its own: it lets an element hold a sequence of its own type.</summary>
public readonly struct Sequence
{
    private readonly Array? _array;
    private readonly int _offset;
    private readonly int _length;

    internal Sequence(Array? array, int offset, int length)
    {
        _array = array;
        _offset = offset;
        _length = length;
    }

    /// <summary>How many elements.</summary>
    public long Length => _length;

    /// <summary>The same sequence with its type.</summary>
    /// <exception cref="InvalidCastException">It is one of another type.</exception>
    public Sequence<T> Cast<T>() => new((T[]?)_array, _offset, _length);
}

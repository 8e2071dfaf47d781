namespace Pipelines.Sockets.Unofficial.Arenas;

/// <summary>A part of an array that an <see cref="Arena{T}"/> gave out. The default value is empty.</summary>
public readonly partial struct Sequence<T>
{
    private readonly T[]? _array;
    private readonly int _offset;
    private readonly int _length;

    internal Sequence(T[]? array, int offset, int length)
    {
        _array = array;
        _offset = offset;
        _length = length;
    }

    /// <summary>How many elements.</summary>
    public long Length => _length;

    /// <summary>Whether there are none.</summary>
    public bool IsEmpty => _length == 0;

    /// <summary>Always: a sequence is one piece of memory.</summary>
    public bool IsSingleSegment => true;

    /// <summary>All elements.</summary>
    public Span<T> FirstSpan => new(_array, _offset, _length);

    /// <summary>The pieces of memory: one, or none when empty.</summary>
    public SpanEnumerable Spans => new(this);

    /// <summary>An element, by reference.</summary>
    /// <exception cref="IndexOutOfRangeException">There is no such element.</exception>
    public ref T this[int index] => ref FirstSpan[index];

    /// <summary>The same sequence without its type.</summary>
    public Sequence Untyped() => new(_array, _offset, _length);

    /// <summary>Starts before the first element.</summary>
    public Enumerator GetEnumerator() => new(this);
}

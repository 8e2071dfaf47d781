namespace Pipelines.Sockets.Unofficial.Arenas;

/// <summary>Copies sequences through a projection.</summary>
public static class SequenceExtensions
{
    /// <summary>An array of what every element projects to.</summary>
    public static TTo[] ToArray<TFrom, TTo>(this in Sequence<TFrom> source, Projection<TFrom, TTo> projection)
    {
        if (source.IsEmpty)
            return [];
        var target = new TTo[source.Length];
        source.CopyTo(target, projection);
        return target;
    }

    /// <summary>An array of what every element projects to with a state.</summary>
    public static TTo[] ToArray<TFrom, TState, TTo>(
        this in Sequence<TFrom> source, Projection<TFrom, TState, TTo> projection, in TState state)
    {
        if (source.IsEmpty)
            return [];
        var elements = source.FirstSpan;
        var target = new TTo[elements.Length];
        for (var i = 0; i < elements.Length; i++)
            target[i] = projection(in elements[i], in state);
        return target;
    }

    /// <summary>Writes what every element projects to.</summary>
    /// <exception cref="IndexOutOfRangeException">The target is shorter than the sequence.</exception>
    public static void CopyTo<TFrom, TTo>(this in Sequence<TFrom> source, Span<TTo> target, Projection<TFrom, TTo> projection)
    {
        var elements = source.FirstSpan;
        for (var i = 0; i < elements.Length; i++)
            target[i] = projection(in elements[i]);
    }
}

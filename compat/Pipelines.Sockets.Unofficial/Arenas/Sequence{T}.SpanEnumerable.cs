namespace Pipelines.Sockets.Unofficial.Arenas;

public readonly partial struct Sequence<T>
{
    /// <summary>The pieces of memory of a sequence.</summary>
    public readonly struct SpanEnumerable
    {
        private readonly Sequence<T> _sequence;

        internal SpanEnumerable(in Sequence<T> sequence) => _sequence = sequence;

        /// <summary>Starts before the first piece.</summary>
        public SpanEnumerator GetEnumerator() => new(_sequence);
    }
}

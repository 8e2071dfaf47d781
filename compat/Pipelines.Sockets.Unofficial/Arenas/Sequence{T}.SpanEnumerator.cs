namespace Pipelines.Sockets.Unofficial.Arenas;

public readonly partial struct Sequence<T>
{
    /// <summary>Walks the pieces of memory of a sequence.</summary>
    public struct SpanEnumerator
    {
        private readonly Sequence<T> _sequence;
        private bool _given;

        internal SpanEnumerator(in Sequence<T> sequence) => _sequence = sequence;

        /// <summary>The piece at hand.</summary>
        public readonly Span<T> Current => _sequence.FirstSpan;

        /// <summary>Goes to the next; false after the last.</summary>
        public bool MoveNext()
        {
            if (_given || _sequence.IsEmpty)
                return false;
            return _given = true;
        }
    }
}

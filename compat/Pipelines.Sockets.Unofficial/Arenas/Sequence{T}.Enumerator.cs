namespace Pipelines.Sockets.Unofficial.Arenas;

public readonly partial struct Sequence<T>
{
    /// <summary>Walks the elements by reference.</summary>
    public struct Enumerator
    {
        private readonly Sequence<T> _sequence;
        private int _index;

        internal Enumerator(in Sequence<T> sequence)
        {
            _sequence = sequence;
            _index = -1;
        }

        /// <summary>The element at hand.</summary>
        public readonly ref T Current => ref _sequence[_index];

        /// <summary>Goes to the next; false after the last.</summary>
        public bool MoveNext()
        {
            if (_index + 1 >= _sequence._length)
                return false;
            _index++;
            return true;
        }

        /// <summary>Goes to the next and returns it.</summary>
        /// <exception cref="InvalidOperationException">There is none.</exception>
        public ref T GetNext()
        {
            if (!MoveNext())
                throw new InvalidOperationException("The sequence has no more elements.");
            return ref Current;
        }
    }
}

namespace Pipelines.Sockets.Unofficial;

public static partial class Delegates
{
    /// <summary>Walks the handlers of an event. Disposable because the client's loops dispose of it, with no member reference to tell.</summary>
    public struct DelegateEnumerator<T> : IDisposable
        where T : MulticastDelegate
    {
        private Delegate.InvocationListEnumerator<T> _inner;

        internal DelegateEnumerator(T? handler) => _inner = Delegate.EnumerateInvocationList(handler);

        /// <summary>The handler at hand.</summary>
        public readonly T Current => _inner.Current;

        /// <summary>Goes to the next; false after the last.</summary>
        public bool MoveNext() => _inner.MoveNext();

        /// <summary>There is nothing to let go of.</summary>
        public readonly void Dispose()
        {
        }
    }
}

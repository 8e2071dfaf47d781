namespace Pipelines.Sockets.Unofficial;

public static partial class Delegates
{
    /// <summary>The handlers of an event.</summary>
    public readonly struct DelegateEnumerable<T>
        where T : MulticastDelegate
    {
        private readonly T? _handler;

        internal DelegateEnumerable(T? handler) => _handler = handler;

        /// <summary>Starts before the first.</summary>
        public DelegateEnumerator<T> GetEnumerator() => new(_handler);
    }
}

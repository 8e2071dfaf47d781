namespace Pipelines.Sockets.Unofficial;

/// <summary>Walks the handlers of an event without allocating.</summary>
public static partial class Delegates
{
    /// <summary>Whether there is exactly one handler.</summary>
    public static bool IsSingle(MulticastDelegate handler) => handler.HasSingleTarget;

    /// <summary>The handlers of an event, in order; none for null.</summary>
    public static DelegateEnumerable<T> AsEnumerable<T>(T? handler)
        where T : MulticastDelegate => new(handler);
}

namespace Pipelines.Sockets.Unofficial.Arenas;

/// <summary>Turns an element into a result without copying it.</summary>
public delegate TResult Projection<T, out TResult>(in T element);

/// <summary>Turns an element and a state, the same for all elements, into a result without copying either.</summary>
public delegate TResult Projection<T1, T2, out TResult>(in T1 element, in T2 state);

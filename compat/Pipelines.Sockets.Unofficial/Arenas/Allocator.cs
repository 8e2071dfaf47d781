namespace Pipelines.Sockets.Unofficial.Arenas;

/// <summary>Part of the signature of <see cref="Arena{T}"/>, which allocates plain arrays: the client has none of these.</summary>
public abstract class Allocator<T>;

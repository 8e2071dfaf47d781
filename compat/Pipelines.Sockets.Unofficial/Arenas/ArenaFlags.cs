namespace Pipelines.Sockets.Unofficial.Arenas;

/// <summary>Part of the signature of <see cref="ArenaOptions"/>: this arena always clears what it gives out again.</summary>
[Flags]
public enum ArenaFlags
{
    /// <summary>Nothing special.</summary>
    None = 0,
}

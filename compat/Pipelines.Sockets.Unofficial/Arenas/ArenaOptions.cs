namespace Pipelines.Sockets.Unofficial.Arenas;

/// <summary>How an arena allocates.</summary>
/// <param name="flags">Not used.</param>
/// <param name="blockSizeBytes">Of the arrays that small sequences share; 0 for the arena's own choice.</param>
/// <param name="retentionPolicy">Not used: an arena keeps one block and nothing else.</param>
public sealed class ArenaOptions(ArenaFlags flags = ArenaFlags.None, int blockSizeBytes = 0, Func<long, long, long>? retentionPolicy = null)
{
    internal ArenaFlags Flags { get; } = flags;

    internal int BlockSizeBytes { get; } = blockSizeBytes;

    internal Func<long, long, long>? RetentionPolicy { get; } = retentionPolicy;
}

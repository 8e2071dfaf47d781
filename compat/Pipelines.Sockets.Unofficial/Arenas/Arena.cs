using System.Runtime.CompilerServices;

namespace Pipelines.Sockets.Unofficial.Arenas;

/// <summary>
/// Gives out sequences that all end together, at <see cref="Reset"/>: the elements of the replies that one read of the client parses.
/// Small ones share a block that is used again; one that does not fit has an array of its own, left to the garbage collector.
/// One thread at a time, except for <see cref="Dispose"/>.
/// </summary>
/// <param name="options">The size of the block.</param>
/// <param name="allocator">Not used.</param>
#pragma warning disable CS9113 // Parameter is unread.
public sealed class Arena<T>(ArenaOptions? options = null, Allocator<T>? allocator = null) : IDisposable
#pragma warning restore CS9113
{
    // Below the size from which on arrays are collected with the oldest generation only.
    private const int UsualBlockBytes = 32 * 1024;

    private readonly int _blockLength =
        Math.Max(1, (options is { BlockSizeBytes: > 0 and <= UsualBlockBytes } ? options.BlockSizeBytes : UsualBlockBytes) / Unsafe.SizeOf<T>());

    private T[] _block = [];
    private int _used;

    /// <summary>A sequence of default values.</summary>
    /// <param name="length">How many elements.</param>
    public Sequence<T> Allocate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (length == 0)
            return default;
        if (length > _blockLength)
            return new Sequence<T>(new T[length], 0, length);
        var block = _block;
        if (length > block.Length - _used)
        {
            // The sequences given out keep the old block alive as long as they need it.
            _block = block = new T[_blockLength];
            _used = 0;
        }

        var sequence = new Sequence<T>(block, _used, length);
        _used += length;
        return sequence;
    }

    /// <summary>Ends every sequence given out: their elements are cleared and given out again.</summary>
    public void Reset()
    {
        var block = _block;
        Array.Clear(block, 0, Math.Min(_used, block.Length));
        _used = 0;
    }

    /// <summary>Drops the block and touches nothing else: the client may still be parsing on another thread.</summary>
    public void Dispose() => _block = [];
}

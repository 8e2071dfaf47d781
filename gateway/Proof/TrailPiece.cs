namespace Sallyport.Gateway.Proof;

/// <summary>One line of a trail as it lies there, good until the next one is asked for.</summary>
/// <param name="Bytes">Without its line end.</param>
/// <param name="Place">Where it is, for people: file and line.</param>
/// <param name="IsTooLong">Longer than any line may be: the bytes are not all of it.</param>
/// <param name="IsEnded">False for what stands after the last line end.</param>
/// <param name="IsLastFile">Whether nothing comes after its file.</param>
internal readonly record struct TrailPiece(ReadOnlyMemory<byte> Bytes, string Place, bool IsTooLong, bool IsEnded, bool IsLastFile);

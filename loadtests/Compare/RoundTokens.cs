namespace Sallyport.LoadTests.Compare;

/// <summary>The tokens of one round: one per algorithm that comes again and again, and many that each proxy gets once.</summary>
internal sealed class RoundTokens
{
    private readonly Dictionary<string, string> _repeated;
    private readonly Dictionary<string, string[]> _new;

    /// <param name="forge">Who signs.</param>
    /// <param name="lines">Lines of this round.</param>
    /// <param name="shape">The load.</param>
    /// <param name="more">Requests of each line that are sent before it is measured.</param>
    public RoundTokens(TokenForge forge, IReadOnlyList<ComparedLine> lines, LoadShape shape, int more)
    {
        _repeated = ComparedLine.Algorithms.ToDictionary(algorithm => algorithm, forge.Token, StringComparer.Ordinal);
        _new = lines.Where(line => line.IsNew).GroupBy(line => line.Algorithm!, StringComparer.Ordinal).ToDictionary(
            group => group.Key,
            group => Enumerable.Range(0, group.First().Requests(shape) + more).Select(_ => forge.Token(group.Key)).ToArray(),
            StringComparer.Ordinal);
    }

    /// <summary>The new ones, by algorithm.</summary>
    public IReadOnlyDictionary<string, string[]> New => _new;

    public IReadOnlyList<ReadOnlyMemory<byte>> Requests(ComparedLine line) => line switch
    {
        { Algorithm: null } => [Traffic.Get(line.Path, null)],
        { IsNew: true } => [.. _new[line.Algorithm].Select(token => Traffic.Get(line.Path, token))],
        _ => [Traffic.Get(line.Path, _repeated[line.Algorithm])],
    };
}

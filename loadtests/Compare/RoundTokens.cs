namespace Sallyport.LoadTests.Compare;

/// <summary>The tokens of one round: one per algorithm that comes again and again, and many that each proxy gets once.</summary>
internal sealed class RoundTokens
{
    private readonly Dictionary<string, string> _repeated;
    private readonly Dictionary<string, string[]> _new;

    private RoundTokens(Dictionary<string, string> repeated, Dictionary<string, string[]> @new) => (_repeated, _new) = (repeated, @new);

    /// <summary>The new ones, by algorithm.</summary>
    public IReadOnlyDictionary<string, string[]> New => _new;

    /// <param name="forge">Who signs.</param>
    /// <param name="lines">Lines of this round.</param>
    /// <param name="requests">How many requests each line sends.</param>
    public static async Task<RoundTokens> SignAsync(TokenForge forge, IReadOnlyList<ComparedLine> lines, int requests)
    {
        var repeated = ComparedLine.Algorithms.ToDictionary(algorithm => algorithm, forge.Token, StringComparer.Ordinal);
        var algorithms = lines.Where(line => line.IsNew).Select(line => line.Algorithm!).Distinct(StringComparer.Ordinal);
        // A key signs on one thread.
        var signed = await Task.WhenAll(algorithms.Select(algorithm => Task.Run(() => (algorithm, Enumerable.Range(0, requests).Select(_ => forge.Token(algorithm)).ToArray()))));
        return new(repeated, signed.ToDictionary(s => s.algorithm, s => s.Item2, StringComparer.Ordinal));
    }

    public IReadOnlyList<ReadOnlyMemory<byte>> Requests(ComparedLine line) => line switch
    {
        { Algorithm: null } => [Traffic.Get(line.Path, null)],
        { IsNew: true } => [.. _new[line.Algorithm].Select(token => Traffic.Get(line.Path, token))],
        _ => [Traffic.Get(line.Path, _repeated[line.Algorithm])],
    };
}

namespace Sallyport.Gateway.Configuration;

/// <summary>A configuration that cannot be put in force.</summary>
internal sealed class MistakesException(IReadOnlyList<Mistake> mistakes) : Exception(string.Join(Environment.NewLine, mistakes))
{
    public IReadOnlyList<Mistake> Mistakes { get; } = mistakes;
}

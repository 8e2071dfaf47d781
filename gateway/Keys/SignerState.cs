namespace Sallyport.Gateway.Keys;

/// <summary>What is known of a key that may sign.</summary>
/// <param name="IsUsable">False when it signs no more, as far as anybody can tell now.</param>
/// <param name="Problem">What an operator should know, as the end of a sentence; null while all is well.</param>
internal readonly record struct SignerState(bool IsUsable, string? Problem)
{
    public static SignerState Good => new(IsUsable: true, Problem: null);
}

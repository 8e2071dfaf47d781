namespace Sallyport.Gateway.Cli;

/// <summary>What <c>attest</c> is asked for.</summary>
/// <param name="Predicate">The name of a file.</param>
/// <param name="Type">The predicate's.</param>
/// <param name="Subjects">Names of files.</param>
/// <param name="Token">As on the command line; null for none.</param>
/// <param name="Target">The name of a file; null for standard output.</param>
internal sealed record AttestRequest(string Predicate, string Type, IReadOnlyList<string> Subjects, string? Token, string? Target)
{
    /// <summary>Without the token.</summary>
    public override string ToString() => $"{Type} of {string.Join(", ", Subjects)}";
}

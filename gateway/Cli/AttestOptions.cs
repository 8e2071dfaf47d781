using System.CommandLine;

namespace Sallyport.Gateway.Cli;

/// <summary>Options of <c>attest</c> and <c>attest verify</c>.</summary>
internal static class AttestOptions
{
    public static Option<string[]> Subjects(string description) => new("--subject")
    {
        Description = description,
        HelpName = "FILE",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = true,
    };

    public static Option<string?> Token(string description) => new("--token") { Description = $"{description} - reads it from standard input.", HelpName = "TOKEN|-" };
}

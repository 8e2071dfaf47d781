using System.CommandLine;

namespace Sallyport.Gateway.Cli;

/// <summary>Options that several verbs have.</summary>
internal static class VerbOptions
{
    public static Option<bool> Json() => new("--json") { Description = "Answers in JSON, for machines." };
}

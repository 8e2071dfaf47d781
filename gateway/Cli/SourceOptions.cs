using System.CommandLine;

namespace Sallyport.Gateway.Cli;

/// <summary>The options that say which configuration is meant; every verb takes them.</summary>
internal sealed class SourceOptions
{
    private readonly Option<string[]> _files = new("--config")
    {
        Description = "A configuration file; repeatable, a later one wins.",
        HelpName = "FILE",
        Recursive = true,
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };

    private readonly Option<string?> _environment = new("--environment")
    {
        Description = "The environment; by default ASPNETCORE_ENVIRONMENT, then DOTNET_ENVIRONMENT, then Production.",
        HelpName = "NAME",
        Recursive = true,
    };

    public void AddTo(RootCommand root)
    {
        root.Add(_files);
        root.Add(_environment);
    }

    public ConfigurationChoice Read(ParseResult parsed) => new(
        parsed.GetValue(_files) ?? [],
        Chosen(parsed.GetValue(_environment), "ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT"),
        Directory.GetCurrentDirectory());

    private static string Chosen(string? option, params string[] variables)
    {
        if (!string.IsNullOrWhiteSpace(option)) return option;
        foreach (var variable in variables)
            if (Environment.GetEnvironmentVariable(variable) is { } value && !string.IsNullOrWhiteSpace(value))
                return value;
        return Environments.Production;
    }
}

using Sallyport.Gateway.Configuration;

namespace Sallyport.Gateway.Cli;

/// <summary>Which configuration the command line asks for.</summary>
/// <param name="Files">The <c>--config</c> files, in order.</param>
/// <param name="EnvironmentName">Development or other.</param>
/// <param name="ContentRoot">The folder of appsettings.json, and of relative paths in it.</param>
internal sealed record ConfigurationChoice(IReadOnlyList<string> Files, string EnvironmentName, string ContentRoot)
{
    public bool IsDevelopment => EnvironmentName.Equals(Environments.Development, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads it; null with every mistake when there is one. Dispose the configuration to stop watching its files.</summary>
    /// <param name="onReloadMistake">Told when a watched file changes into something that cannot be read.</param>
    /// <param name="mistakes">Empty exactly when there is an answer.</param>
    public LoadedConfiguration? Load(Action<Mistake>? onReloadMistake, out IReadOnlyList<Mistake> mistakes)
    {
        if (!ConfigurationSources.TryBuild(ContentRoot, EnvironmentName, Files, onReloadMistake, out var root, out mistakes)) return null;
        var reading = GatewayConfiguration.Read(root, EnvironmentName, ContentRoot);
        if (reading.Options is { } options) return new LoadedConfiguration(root, options);

        mistakes = reading.Mistakes;
        (root as IDisposable)?.Dispose();
        return null;
    }
}

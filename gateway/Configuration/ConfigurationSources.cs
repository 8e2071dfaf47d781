using System.Diagnostics.CodeAnalysis;

namespace Sallyport.Gateway.Configuration;

/// <summary>Puts the sources together; a later one wins: appsettings.json, appsettings.{Environment}.json, environment variables,
/// and every <c>--config</c> file in order.</summary>
internal static class ConfigurationSources
{
    /// <summary>Builds the merged configuration, which reloads when a file changes. Dispose it to stop watching.</summary>
    /// <param name="configFiles">Paths as given on the command line, relative to the current folder; all must exist.</param>
    /// <param name="onReloadMistake">Told on a background thread when a file changed into something that cannot be read; the
    /// configuration stays as it was.</param>
    /// <param name="mistakes">Empty exactly when the answer is true.</param>
    public static bool TryBuild(
        string contentRoot,
        string environmentName,
        IReadOnlyList<string> configFiles,
        Action<Mistake>? onReloadMistake,
        [NotNullWhen(true)] out IConfigurationRoot? root,
        out IReadOnlyList<Mistake> mistakes)
    {
        var found = new List<Mistake>();
        var standard = Path.Combine(Path.GetFullPath(contentRoot), "appsettings.json");
        var ofEnvironment = Path.Combine(Path.GetFullPath(contentRoot), $"appsettings.{environmentName}.json");
        if (configFiles.Count == 0 && !File.Exists(standard))
            found.Add(new("$", $"is not given: {standard} does not exist, and there is no --config FILE.", "Create the file or name another with --config."));

        var builder = new ConfigurationBuilder()
            .Add(new JsonFileSource(standard, Required: false, onReloadMistake))
            .Add(new JsonFileSource(ofEnvironment, Required: false, onReloadMistake))
            .AddEnvironmentVariables();
        foreach (var file in configFiles)
            builder.Add(new JsonFileSource(Path.GetFullPath(file), Required: true, onReloadMistake));
        root = builder.Build();

        found.AddRange(root.Providers.OfType<JsonFileProvider>().Select(provider => provider.Mistake).OfType<Mistake>());
        mistakes = found;
        if (found.Count == 0)
            return true;
        (root as IDisposable)?.Dispose();
        root = null;
        return false;
    }
}

namespace Sallyport.Gateway.Configuration;

/// <summary>A JSON file as a source of configuration.</summary>
/// <param name="File">Full path.</param>
/// <param name="Required">Whether it is a mistake that the file does not exist.</param>
/// <param name="OnReloadMistake">Told when the file changed into something that cannot be read.</param>
internal sealed record JsonFileSource(string File, bool Required, Action<Mistake>? OnReloadMistake) : IConfigurationSource
{
    public IConfigurationProvider Build(IConfigurationBuilder builder) => new JsonFileProvider(this);
}
